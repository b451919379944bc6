"""The registers behind the checks of identity: who bears which number, which company which code, whose face was shown.

Whoever is not listed is taken at their word, so that a demonstration works with any lawful number; listed ones must be
named as listed. ``state`` of a listed person: ``known``, ``unknown`` (no record), ``busy`` (the register is down),
``too_often``; of a company the status of its business (经营状态).
"""

import secrets
import uuid

from miniprogram_api.sandbox.state import Row, State

RESULTS = {"unknown": "-5", "busy": "-4", "too_often": "-7"}
DESCRIPTIONS = {
    "0": "姓名和身份证号一致",
    "-1": "姓名和身份证号不一致",
    "-2": "非法身份证号",
    "-3": "非法姓名",
    "-4": "证件库服务异常",
    "-5": "证件库中无此身份证记录",
    "-7": "认证次数超过当日限制",
}


class Registers:
    def __init__(self, state: State) -> None:
        self._state = state

    # --- persons

    def list_person(self, number: str, name: str, state: str) -> None:
        self._state.run(
            "insert into residents values (?, ?, ?) on conflict (number) do update set name = excluded.name, "
            "state = excluded.state",
            number,
            name,
            state,
        )

    def person_result(self, number: str, name: str) -> str:
        """The Result code of IdCardVerification."""
        row = self._state.one("select * from residents where number = ?", number)
        if row is None:
            return "0"
        if row["state"] in RESULTS:
            return RESULTS[row["state"]]
        return "0" if row["name"] == name else "-1"

    # --- companies

    def list_company(self, credit_code: str, name: str, legal_representative: str, status: str) -> None:
        self._state.run(
            "insert into enterprises values (?, ?, ?, ?) on conflict (credit_code) do update set name = excluded.name, "
            "legal_representative = excluded.legal_representative, status = excluded.status",
            credit_code,
            name,
            legal_representative,
            status,
        )

    def company_result(self, credit_code: str, name: str, legal_representative: str) -> tuple[int, str]:
        """VerifyResult and OperatingStatus."""
        row = self._state.one("select * from enterprises where credit_code = ?", credit_code)
        if row is None:
            return 1, "1"
        same = (row["name"], row["legal_representative"]) == (name, legal_representative)
        return int(same), str(row["status"])

    # --- faces

    def begin_face(self, number: str, name: str, return_url: str) -> str:
        """The BizToken of a new flow."""
        token = str(uuid.UUID(bytes=secrets.token_bytes(16))).upper()
        row = {"token": token, "number": number, "name": name, "return_url": return_url}
        self._state.insert("faces", row)
        return token

    def face(self, token: str) -> Row | None:
        return self._state.one("select * from faces where token = ?", token)

    def show_face(self, token: str, *, passed: bool) -> bool:
        """The person looks into the camera; False when there is no such flow."""
        return self._state.run("update faces set passed = ? where token = ?", int(passed), token) == 1
