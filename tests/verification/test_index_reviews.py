"""Doubts before people, on SQLite and on a real PostgreSQL: what rests on transactions, order and uniqueness."""

from tests.reviewing import unmatched
from tests.unit.index.test_reviews import (
    as_laid,
    test_a_review_holds_no_value_in_a_readable_column,
    test_every_record_that_moves_has_an_edge_of_its_own_and_all_of_them_go_back,
    test_one_number_under_two_dates_of_birth_is_a_task_until_it_is_put_right,
    test_same_links_and_is_undone_a_month_later,
)
from tests.unit.index.test_reviews_by_two import (
    test_two_answers_at_one_moment_are_counted_one_after_the_other,
    test_where_two_differ_nothing_is_done_and_both_look_again,
)
from tests.verification.index_stores import index, opened

__all__ = [
    "as_laid",
    "index",
    "opened",
    "test_a_review_holds_no_value_in_a_readable_column",
    "test_every_record_that_moves_has_an_edge_of_its_own_and_all_of_them_go_back",
    "test_one_number_under_two_dates_of_birth_is_a_task_until_it_is_put_right",
    "test_same_links_and_is_undone_a_month_later",
    "test_two_answers_at_one_moment_are_counted_one_after_the_other",
    "test_where_two_differ_nothing_is_done_and_both_look_again",
    "unmatched",
]
