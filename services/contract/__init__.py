"""Words, messages, problems and canonical bytes on which the four services agree.

Pure: pydantic, rfc8785 and the standard library only. The list of files is closed (see tests/test_architecture.py).
"""
