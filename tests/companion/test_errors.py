from companion import errors


def test_every_refusal_has_an_exit_code_of_its_own():
    kinds = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, errors.CompanionError)]
    codes = [kind.exit_code for kind in kinds]
    assert len(kinds) == 8
    assert sorted(codes) == [1, 2, 3, 4, 5, 6, 7, 8]  # 0 is success; documented for scripts, so they do not change
    assert all(kind.__doc__ for kind in kinds)
