"""Asynchronous hearings (异步庭审): the same stages, each open for a time, in which people take turns when they can.

The rules follow the Supreme People's Court's Rules of Online Litigation (人民法院在线诉讼规则) of 2021, article 20:
everybody must have agreed, and the presider decides. Its second paragraph asks more of a court hearing than software
can know: docs/hearings.md. Witnesses are heard live only: their isolation (article 26) cannot be kept where everything
said can be read beforehand.
"""
