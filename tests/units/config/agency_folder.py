"""A small agency that is right in every way, to be made wrong in one."""

from pathlib import Path

from analysis.names import folded_name
from wanglou.config.folder import Examined, examine
from wanglou.config.kinds import KnownKinds

KINDS = KnownKinds(
    sources=("drop_folder", "feed"),
    detectors=("burst", "negative_surge"),
    notifiers=("inbox", "slack"),
    folded=folded_name,
)

VALID = {
    "agency.yaml": """\
schema: 1
name: 示例公关
zone: Asia/Shanghai
desk_url: https://desk.example.com/
office: {opens: 09:00, closes: 18:30, days_off: [2027-02-05]}
people:
  zhou: {name: 周敏, role: desk, contacts: {slack: U01}}
  wang: {name: 王芳, role: account}
  li: {name: 李岚, role: director, language: en}
rota:
  - {person: zhou, starts: 08:00, ends: 20:00}
  - {person: wang, starts: 20:00, ends: 08:00}
ladder:
  - {after: 5m, tell: desk}
  - {after: 15m, tell: director}
channels:
  desk: slack:#desk
  house: inbox:house
secrets: {slack: WANGLOU_SLACK_TOKEN}
settings: {slack: {base_url: http://127.0.0.1:9000/api/}}
raw_retention: 14d
""",
    "sources.yaml": """\
sources:
  - id: chengbao
    kind: feed
    url: https://news.example.com/rss.xml
    reach: 250k
  - id: inbox
    name: 投递文件夹
    kind: drop_folder
    url: file:drop/
    class: social
    every: 10s
    options: {max_pages: 5, zone: Asia/Shanghai, obey_robots: false}
""",
    "clients/lock.yaml": """\
client: lock
name: 安屿智能家居
brands:
  - name: 安屿
    aliases:
      - 安屿锁
      - {text: AnyuLock, exact_case: true}
      - AYL
    look_alikes: [安屿湾]
competitors: [某某锁]
team:
  account: wang
  director: li
sla:
  account_response: {office_hours: 30m, otherwise: 2h}
  statement: 2h
channels:
  team: slack:#anju-watch
  orders_from: [wang, li]
retention: 180d
""",
    "clients/tea.yaml": """\
client: tea
name: 芷屿茶事
brands: [芷屿]
""",
    "rules/negative_burst.yaml": """\
rule: negative_burst
when: {signals: [burst, negative_surge], within: 1h, reach: ">= 100k"}
then: {severity: orange, topic: from_reading}
fires_on: {burst: 1, negative_surge: 1, reach: 250k}
stays_quiet_on: {burst: 1, reach: 250k}
""",
    "library/misleading_ad.yaml": """\
book: misleading_ad
title: 广告争议处置预案
topic: false_advert
from_severity: yellow
steps:
  - step: freeze_evidence
    title: 固定证据
    owner: desk
    due: 10m
    done_when: 截图和链接已存入时间线
  - step: pause_campaign
    title: 暂停争议广告投放
    owner: account
    due: 30m
    needs: client_consent
    done_when: 各平台后台截图已存入时间线
    after: [freeze_evidence]
""",
    "library/any.yaml": """\
book: any
title: 通用预案
topic: any
steps:
  - {step: look, title: 核实, owner: desk, due: 10m, done_when: 已核实}
""",
}


class Folder:
    """A config folder in the making. Books lie in its ``library`` beside ``config``."""

    def __init__(self, home: Path) -> None:
        self.config, self.library = home / "config", home / "library"
        for name, text in VALID.items():
            self.write(name, text)

    def path(self, name: str) -> Path:
        return self.library.parent / name if name.startswith("library/") else self.config / name

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def examine(self) -> Examined:
        return examine(self.config, self.library, KINDS)

    def problems(self) -> list[str]:
        """Each as people read it, without the temporary folder before it."""
        return [str(p).removeprefix(f"{self.library.parent}/") for p in self.examine().problems]

    def notes(self) -> list[str]:
        return [str(n).removeprefix(f"{self.library.parent}/") for n in self.examine().notes]
