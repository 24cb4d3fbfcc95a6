"""The catalogue of fields: which class of information each element of a record has, and in what form it may leave."""
