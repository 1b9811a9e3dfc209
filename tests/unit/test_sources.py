from __future__ import annotations

from pathlib import Path

import pytest

from app.core.vendors.contract import Admitted, Identity, Request, Source, Vendor
from app.errors import UserError
from app.sources import load_sources, source_names
from app.toml_lines import line_of


def vendor(name: str, *, may_be_unsigned: bool = False, needs_account: bool = False) -> Vendor:
    def admit(request: Request, _source: Source, _now: float, _window: float) -> Admitted:
        return Admitted(body=request.body)

    return Vendor(
        name=name,
        admit=admit,
        identify=lambda _body, _type, _source: Identity(type="e", kind="call", id="1"),
        tidy=lambda tree: tree,
        odd=lambda _body: False,
        events=(),
        may_be_unsigned=may_be_unsigned,
        needs_account=needs_account,
    )


VENDORS = (vendor("signing"), vendor("flat", may_be_unsigned=True, needs_account=True))
ENVIRON = {"FIRST": "first-secret", "SECOND": "second-secret", "SHORT": "hunter2"}


def load(tmp_path: Path, text: str) -> tuple[Source, ...]:
    file = tmp_path / "hookline.toml"
    file.write_text(text)
    return load_sources(file, VENDORS, ENVIRON)


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(UserError) as refused:
        load(tmp_path, text)
    return [line.strip() for line in refused.value.what.splitlines()[1:]]


def test_sources_are_read_in_their_order_with_secrets_from_environment_and_files(
    tmp_path: Path,
) -> None:
    (tmp_path / "old").write_bytes(b"\xffold-secret\r\n")
    sources = load(
        tmp_path,
        """
        [[source]]
        name = "support-eu"
        vendor = "flat"
        secrets = ["${FIRST}", "file:old"]
        account_id = "1"
        verify = "required"

        [[source]]
        name = "bare"
        vendor = "flat"
        account_id = 7
        verify = "off"
        """,
    )
    assert sources == (
        Source(
            name="support-eu",
            vendor="flat",
            secrets=(b"first-secret", b"\xffold-secret"),
            account_id="1",
            verify=True,
        ),
        Source(name="bare", vendor="flat", account_id="7", verify=False),
    )
    assert "first-secret" not in repr(sources)


def test_every_fault_is_told_at_once_with_its_line_and_what_was_expected(tmp_path: Path) -> None:
    assert faults(
        tmp_path,
        """title = "mine"
[[source]]
name = "support eu"
vendor = "fIat"
secrets = [
  "${FIRST}",
  "${UNSET}",
]
colour = 3

[[source]]
name = "a"
vendor = "signing"
verify = "off"

[[source]]
name = "a"
vendor = "flat"
secrets = ["${SHORT}", "file:missing"]
""",
    ) == [
        "line 1, title: unknown; expected only [[source]] tables",
        "line 3, source[0].name: expected 1 to 64 letters, digits, '.', '_' and '-', the first a"
        " letter or digit; found 'support eu'",
        "line 4, source[0].vendor: expected one of flat, signing; found 'fIat'",
        "line 5, source[0].secrets[1]: the environment variable UNSET is not set",
        "line 9, source[0].colour: unknown field; expected one of name, vendor, secrets,"
        " account_id, verify",
        'line 14, source[1].verify: expected "required": signing always proves who it is',
        "line 16, source[2].account_id: missing; flat bodies may lack the account, and its ids"
        " mean nothing without",
        "line 17, source[2].name: expected a name of its own; source[1] is 'a' already",
        "line 19, source[2].secrets[0]: the environment variable SHORT holds 7 bytes; expected at"
        " least 8: a shorter secret is guessed, and stands in bodies by chance",
        f"line 19, source[2].secrets[1]: {tmp_path}/missing cannot be read: No such file or"
        " directory",
    ]


@pytest.mark.parametrize(
    "secret", ["correct horse battery", "$FIRST", "pre${FIRST}", "${FIRST", "file:", ""]
)
def test_a_secret_in_the_file_itself_is_refused_and_not_repeated(
    tmp_path: Path, secret: str
) -> None:
    [fault] = faults(
        tmp_path, f'[[source]]\nname = "a"\nvendor = "signing"\nsecrets = ["{secret}"]\n'
    )
    assert "a secret itself does not belong in this file" in fault
    assert not secret or secret not in fault.replace("file:PATH", "")


def test_a_source_that_verifies_needs_a_secret(tmp_path: Path) -> None:
    assert faults(tmp_path, '[[source]]\nname = "a"\nvendor = "signing"\n') == [
        'line 1, source[0].secrets: expected at least one "${VARIABLE}" or "file:PATH", the'
        " newest first"
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "3"),
        ("name", '"a/b"'),
        ("name", '".."'),
        ("vendor", "[]"),
        ("secrets", '"${FIRST}"'),
        ("secrets", "[1]"),
        ("account_id", "true"),
        ("account_id", '"a b"'),
        ("verify", "false"),
    ],
)
def test_a_field_of_a_wrong_form_is_refused(tmp_path: Path, field: str, value: str) -> None:
    fields = {"name": '"a"', "vendor": '"signing"', "secrets": '["${FIRST}"]', field: value}
    [fault] = faults(
        tmp_path, "[[source]]\n" + "\n".join(f"{name} = {text}" for name, text in fields.items())
    )
    assert f"source[0].{field}" in fault
    assert "expected" in fault


@pytest.mark.parametrize("text", ["", "source = []", "source = 3", "[source]\nname = 'a'"])
def test_a_file_without_sources_is_refused(tmp_path: Path, text: str) -> None:
    assert faults(tmp_path, text) == [
        "line 1, source: expected at least one [[source]] table",
    ]


def test_a_file_that_is_not_toml_is_refused_with_the_place(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"hookline.toml is not TOML: .*line 2"):
        load(tmp_path, "[[source]]\nname = support\n")


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: No such file"):
        load_sources(tmp_path / "none.toml", VENDORS, ENVIRON)
    (tmp_path / "hookline.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="not UTF-8"):
        load_sources(tmp_path / "hookline.toml", VENDORS, ENVIRON)


def test_the_line_of_a_value_is_found_however_the_file_is_spelled() -> None:
    text = '# top\nsource = [{name = "a"},\n  {name = "b"}]\n\nlast = """\nname = 1\n"""\n'
    assert line_of(text, ("source", 1, "name")) == 2
    assert line_of(text, ("last",)) == 5
    assert line_of(text, ("source", 5, "name")) == 2
    assert line_of(text, ("absent",)) == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('[[source]]\nname = "a"\nsecrets = ["${NOT_SET}"]\n[[source]]\nname = "b"\n', ["a", "b"]),
        ("source = 3", []),
        ("source = [3, {name = 4}]", []),
        ("", []),
    ],
)
def test_names_alone_take_no_secrets(tmp_path: Path, text: str, names: list[str]) -> None:
    file = tmp_path / "hookline.toml"
    file.write_text(text)
    assert source_names(file) == names
