"""What is left out of `make test` is shown by a test that is not."""

from tests.findings import with_others


def test_what_others_show_is_shown_by_tests_that_always_run() -> None:
    found = dict(with_others())
    left_out = {test: others for test, others in found.items() if others}
    assert len(left_out) > 5
    assert {each for others in left_out.values() for each in others if found.get(each) != ()} == set()
