"""Folders that are wrong in one way each: the one sentence says where, what, and what to write."""

from typing import NamedTuple

import pytest

from tests.units.config.agency_folder import Folder
from wanglou.config.problem import Problem


class Bad(NamedTuple):
    """Replace ``old`` by ``new`` in ``file``; the only problem begins ``file:line: key:`` and says it all."""

    file: str
    old: str
    new: str
    line: int
    key: str
    says: tuple[str, ...]


AGENCY, SOURCES = "agency.yaml", "sources.yaml"
LOCK, TEA = "clients/lock.yaml", "clients/tea.yaml"
RULE, BOOK = "rules/negative_burst.yaml", "library/misleading_ad.yaml"

BAD = [
    # agency.yaml
    Bad(AGENCY, "schema: 1\n", "", 1, "schema", ("missing", "schema: 1")),
    Bad(AGENCY, "schema: 1", "schema: 2", 1, "schema", ('"2"', "write '1'")),
    Bad(AGENCY, "zone: Asia/Shanghai", "zone: Shanghai", 3, "zone", ('"Shanghai"', "Asia/Shanghai")),
    Bad(AGENCY, "https://desk", "desk", 4, "desk_url", ("https://desk.example.com",)),
    Bad(AGENCY, "opens: 09:00", "opens: 9am", 5, "office.opens", ('"9am"', "09:00")),
    Bad(AGENCY, "closes: 18:30", "closes: 08:00", 5, "office.closes", ("not after opens",)),
    Bad(AGENCY, "2027-02-05", "5.2.2027", 5, "office.days_off", ("2027-02-06",)),
    Bad(AGENCY, "role: account", "role: acount", 8, "people.wang.role", ('"acount"', "'account'")),
    Bad(AGENCY, "{name: 王芳, role: account}", "{name: 王芳}", 8, "people.wang.role", ("missing", "account")),
    Bad(AGENCY, "role: account", "role: null", 8, "people.wang.role", ("account",)),
    Bad(AGENCY, "wang: {name", "Wang_F: {name", 8, "people.Wang_F", ("lower-case",)),
    Bad(AGENCY, "slack: U01", "slcak: U01", 7, "people.zhou.contacts.slcak", ('mean "slack"',)),
    Bad(AGENCY, "  li:", "  system: {name: 某, role: pr}\n  li:", 9, "people.system", ("another id",)),
    Bad(AGENCY, "person: zhou", "person: zhuo", 11, "rota.person", ('"zhuo"', 'mean "zhou"')),
    Bad(AGENCY, "starts: 08:00", "starts: 8.00", 11, "rota.starts", ('"8.00"', "09:00")),
    Bad(AGENCY, "starts: 08:00", "starts: 25:00", 11, "rota.starts", ('"25:00"',)),
    Bad(AGENCY, "ends: 20:00}", "ends: 20:00, weekdays: [Montag]}", 11, "rota.weekdays", ("[mon, tue",)),
    Bad(AGENCY, "after: 5m", "after: 5", 14, "ladder.after", ('"5" has no unit', '"5m" or "5h"')),
    Bad(AGENCY, "after: 15m", "after: 3m", 15, "ladder.after", ("not later than the rung above",)),
    Bad(AGENCY, "tell: director", "tell: legal", 15, "ladder.tell", ("nobody of people has",)),
    Bad(AGENCY, "slack:#desk", "slak:#desk", 17, "channels.desk", ('"slak"', 'mean "slack"')),
    Bad(
        AGENCY,
        "slack:#desk",
        '\n    slack: "#desk"',
        17,
        "channels.desk",
        ("keys below", "without a space", '"slack:#desk"'),
    ),
    Bad(AGENCY, "desk: slack:#desk", "desk: '#desk'", 17, "channels.desk", ("kind:address",)),
    Bad(AGENCY, "house: inbox", "hause: inbox", 18, "channels.hause", ('mean "house"',)),
    Bad(AGENCY, "{slack: {base", "{slick: {base", 20, "settings.slick", ('mean "slack"',)),
    Bad(AGENCY, "14d", "14", 21, "raw_retention", ('"14" has no unit',)),
    Bad(AGENCY, "14d", "0d", 21, "raw_retention", ("above zero",)),
    Bad(AGENCY, "14d", "99999d", 21, "raw_retention", ("ten years",)),
    Bad(AGENCY, "14d", "two weeks", 21, "raw_retention", ("30m, 2h",)),
    Bad(AGENCY, "raw_retention: 14d", "raw_retention:", 21, "raw_retention", ("found nothing",)),
    # sources.yaml
    Bad(SOURCES, "kind: feed", "kind: fed", 3, "sources.kind", ('"fed"', 'mean "feed"')),
    Bad(SOURCES, "url: https", "url: htps", 4, "sources.url", ("https://", "file:drop/")),
    Bad(SOURCES, "https://news.example.com/rss.xml", "http://", 4, "sources.url", ("https://",)),
    Bad(SOURCES, "250k", "many", 5, "sources.reach", ('"many"', "250k", "10万")),
    Bad(SOURCES, "id: inbox", "id: chengbao", 6, "sources.id", ("repeats", "another")),
    Bad(SOURCES, "  - id: inbox\n    name", "  - name", 6, "sources.id", ("missing", "id: chengbao")),
    Bad(SOURCES, "class: social", "class: sozial", 10, "sources.class", ("'social'",)),
    Bad(SOURCES, "every: 10s", "every: 10s\n    silent_after: 5s", 12, "sources.silent_after", ("shorter",)),
    Bad(SOURCES, "every: 10s", "enabled: perhaps", 11, "sources.enabled", ('"perhaps"', "true or false")),
    Bad(SOURCES, "every: 10s", "evry: 10s", 11, "sources.evry", ('mean "every"',)),
    Bad(SOURCES, "max_pages: 5", "max_pages: [5]", 12, "sources.options.max_pages", ("a list", "single")),
    Bad(SOURCES, "class: social", "allow_private: [localhost]", 10, "sources.allow_private", ("127.0.0.1:",)),
    # clients
    Bad(LOCK, "client: lock", "client: luck", 1, "client", ("lock.yaml", 'write "lock"', "luck.yaml")),
    Bad(TEA, "brands: [芷屿]", "brands: []", 3, "brands", ("at least one", "[安屿]")),
    Bad(TEA, "brands: [芷屿]", "brands: 芷屿", 3, "brands", ('found "芷屿"', "a list")),
    Bad(TEA, "brands: [芷屿]", "brands: [鹿]", 3, "brands", ('one character "鹿"', "longer alias")),
    Bad(TEA, "brands: [芷屿]", "brands: [芷屿, 芷屿]", 3, "brands", ("repeats", "join")),
    Bad(TEA, "name: 芷屿茶事", "name:", 2, "name", ("found nothing", "write a text")),
    Bad(LOCK, "    aliases:", "    alias:", 5, "brands.alias", ('mean "aliases"',)),
    Bad(LOCK, "- AYL", "- {text: AYL, exact: true}", 8, "brands.aliases.exact", ('mean "exact_case"',)),
    Bad(LOCK, "exact_case: true", "exact_case: 是", 7, "brands.aliases.exact_case", ("true or false",)),
    Bad(LOCK, "[安屿湾]", "[安宁湾]", 9, "brands.look_alikes", ("contains no alias", "longer word")),
    Bad(LOCK, "[安屿湾]", "[anyulock]", 9, "brands.look_alikes", ("an alias itself",)),
    Bad(LOCK, "look_alikes: [安屿湾]", "look_alikes: 安屿湾", 9, "brands.look_alikes", ("a list",)),
    Bad(LOCK, "competitors: [某某锁]", "competitors: [安屿锁]", 10, "competitors", ("own brand",)),
    Bad(LOCK, "[某某锁]", "[某某锁, 某某锁]", 10, "competitors", ("repeats", "join")),
    Bad(LOCK, "[某某锁]", "[锁]", 10, "competitors", ('one character "锁"',)),
    Bad(LOCK, "[某某锁]", "[{name: 某某锁, aliases: [安屿锁]}]", 10, "competitors", ('own brand "安屿"',)),
    Bad(LOCK, "[某某锁]", "[{name: 某某锁, watch: 门锁}]", 10, "competitors.watch", ("not known here",)),
    Bad(
        LOCK,
        "[某某锁]",
        "[{name: 某某锁, look_alikes: [某某]}]",
        10,
        "competitors.look_alikes",
        ("contains no alias",),
    ),
    Bad(
        LOCK,
        "[某某锁]",
        "[{name: 某某锁, aliases: [甲锁]}, {name: 乙锁, aliases: [甲锁]}]",
        10,
        "competitors",
        ('already stands for the brand "某某锁"',),
    ),
    Bad(
        LOCK,
        "competitors:",
        "  - {name: 小屿, aliases: [安屿锁]}\ncompetitors:",
        10,
        "brands",
        ('already stands for the brand "安屿"',),
    ),
    Bad(LOCK, "account: wang", "account: wnag", 12, "team.account", ('"wnag"', 'mean "wang"')),
    Bad(LOCK, "director: li", "boss: li", 13, "team.boss", ("known here: account, desk",)),
    Bad(LOCK, "statement: 2h", 'statement: "30"', 16, "sla.statement", ('"30" has no unit', '"30m"')),
    Bad(LOCK, "office_hours: 30m", "office_hours: 30", 15, "sla.account_response.office_hours", ("no unit",)),
    Bad(LOCK, "office_hours: 30m, ", "", 15, "sla.account_response.office_hours", ("missing", "30m")),
    Bad(LOCK, "statement: 2h", "statment: 2h", 16, "sla.statment", ('mean "statement"',)),
    Bad(
        LOCK,
        "statement: 2h",
        "statement: {purple: 2h}",
        16,
        "sla.statement.purple",
        ("known here: blue, orange, red, yellow",),
    ),
    Bad(LOCK, "slack:#anju", "feishu:#anju", 18, "channels.team", ('"feishu"', "inbox, slack")),
    Bad(LOCK, "[wang, li]", "[wang, lee]", 19, "channels.orders_from", ('"lee"', "li, wang, zhou")),
    Bad(
        LOCK,
        "retention: 180d",
        'quiet_hours: {from: "22:00", to: "22:00"}',
        20,
        "quiet_hours.to",
        ('"22:00"', "another time"),
    ),
    Bad(LOCK, "retention: 180d", "quiet_hours: {from: 22:00}", 20, "quiet_hours.to", ("missing", "08:00")),
    Bad(
        LOCK,
        "retention: 180d",
        "quiet_hours: {from: 22:00, to: 08:00, except: [red, orage]}",
        20,
        "quiet_hours.except",
        ('"orage"', "red"),
    ),
    Bad(
        LOCK,
        "retention: 180d",
        "quiet_hours: {from: 22:00, to: 08:00, except: [red, yellow]}",
        20,
        "quiet_hours.except",
        ("leaves out orange", "except: [red, orange, yellow]"),
    ),
    Bad(LOCK, "retention: 180d", "routing: [{severities: [red]}]", 20, "routing", ("tells nobody",)),
    Bad(
        LOCK,
        "retention: 180d",
        'routing: [{severities: [crimson], channels: ["slack:#x"]}]',
        20,
        "routing.severities",
        ('"crimson"', "blue, yellow, orange, red"),
    ),
    Bad(
        LOCK,
        "retention: 180d",
        'routing: [{topics: [food], channels: ["slack:#x"]}]',
        20,
        "routing.topics",
        ("food_safety",),
    ),
    Bad(
        LOCK,
        "retention: 180d",
        'routing: [{channels: ["feishu:x"]}]',
        20,
        "routing.channels",
        ('"feishu"', "inbox, slack"),
    ),
    Bad(LOCK, "retention: 180d", "routing: [{people: [lee]}]", 20, "routing.people", ('"lee"', "li")),
    Bad(
        LOCK,
        "retention: 180d",
        "routing: [{people: [li], instead_of_team: true}]",
        20,
        "routing.instead_of_team",
        ("without a channel",),
    ),
    Bad(
        TEA,
        "brands: [芷屿]",
        "brands: [芷屿]\nrouting: [{people: [wang]}]",
        4,
        "routing.people",
        ("may not see this client", "team:"),
    ),
    Bad(
        TEA,
        "brands: [芷屿]",
        'brands: [芷屿]\nrouting: [{channels: ["slack:#anju-watch"]}]',
        4,
        "routing.channels",
        ("channel of the client lock",),
    ),
    Bad(LOCK, "180d", "halbes Jahr", 20, "retention", ("180d",)),
    Bad(LOCK, "retention: 180d", "neutral_at: 1.2", 20, "neutral_at", ("1.2", "from 0 to 1")),
    Bad(LOCK, "retention: 180d", "neutral_at: 中", 20, "neutral_at", ("中",)),
    Bad(LOCK, "retention: 180d", "look_alikes: [x]", 20, "look_alikes", ("look_alikes of each brand",)),
    # rules
    Bad(RULE, "rule: negative_burst", "rule: burst", 1, "rule", ("negative_burst.yaml",)),
    Bad(RULE, "signals: [burst,", "signals: [brust,", 2, "when.signals", ('"brust"', 'mean "burst"')),
    Bad(RULE, "within: 1h, ", "", 2, "when.within", ("missing", "within: 1h")),
    Bad(RULE, '">= 100k"', '"< 100k"', 2, "when.reach", ("floors", '">= 100k"')),
    Bad(RULE, '">= 100k"', '"> 100k"', 2, "when.reach", ("floors", '">= 100k"')),
    Bad(RULE, "within: 1h,", "within: 1h, negative_share: 30,", 2, "when.negative_share", ("30% or 0.3",)),
    Bad(RULE, "within: 1h,", "within: 1h, strength: high,", 2, "when.strength", ("0.5",)),
    Bad(RULE, "within: 1h,", "within: 1h, topics: [food],", 2, "when.topics", ('"food"', "food_safety")),
    Bad(RULE, "severity: orange", "severity: oragne", 3, "then.severity", ("blue, yellow, orange, red",)),
    Bad(RULE, "from_reading", "reading", 3, "then.topic", ('"reading"', "from_reading")),
    Bad(RULE, "reach: 250k}\nstays", "reach: 25k}\nstays", 4, "fires_on", ("because of reach",)),
    Bad(RULE, "fires_on: {burst: 1, ", "fires_on: {burst: 0, ", 4, "fires_on", ("signals: burst",)),
    Bad(RULE, "stays_quiet_on: {", "stays_quiet_on: {negative_surge: 1, ", 5, "stays_quiet_on", ("fires",)),
    Bad(RULE, "fires_on: {burst", "fires_on: {storm: 1, burst", 4, "fires_on.storm", ("in an example",)),
    Bad(RULE, "{burst: 1, reach: 250k}", "[]", 5, "stays_quiet_on", ("at least one",)),
    # books
    Bad(BOOK, "book: misleading_ad", "book: advert", 1, "book", ("misleading_ad.yaml",)),
    Bad(BOOK, "topic: false_advert", "topic: recall", 3, "topic", ('"recall"', "known here")),
    Bad(BOOK, "topic: false_advert", "topic: all", 3, "topic", ('"all"',)),
    Bad(BOOK, "owner: desk", "owner: editor", 8, "steps.owner", ("'desk'",)),
    Bad(BOOK, "due: 10m", "due: 10", 9, "steps.due", ("no unit",)),
    Bad(BOOK, "step: pause_campaign", "step: freeze_evidence", 11, "steps.step", ("repeats",)),
    Bad(BOOK, "due: 30m", "due: 5m", 14, "steps.due", ('due before "freeze_evidence"',)),
    Bad(BOOK, "needs: client_consent", "needs: consent", 15, "steps.needs", ("client_consent",)),
    Bad(BOOK, "[freeze_evidence]", "[freeze]", 17, "steps.after", ('"freeze"', 'mean "freeze_evidence"')),
    Bad(BOOK, "    done_when: 截图和链接已存入时间线\n", "", 6, "steps.done_when", ("missing",)),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad.file}-{bad.key}-{bad.new[:24]}")
def test_one_mistake_gives_one_sentence_with_its_line_and_advice(folder: Folder, bad: Bad) -> None:
    folder.edit(bad.file, bad.old, bad.new)
    where = bad.file if bad.file.startswith("library/") else f"config/{bad.file}"
    problems = folder.problems()
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"{where}:{bad.line}: {bad.key}: ")
    for words in bad.says:
        assert words in problems[0]


def test_a_secret_written_into_the_file_is_refused_and_not_repeated(folder: Folder) -> None:
    folder.edit("agency.yaml", "WANGLOU_SLACK_TOKEN", "xoxb-1234-very-secret")
    (problem,) = folder.problems()
    assert problem.startswith("config/agency.yaml:19: secrets.slack: ")
    assert "environment variable" in problem
    assert "very-secret" not in problem


def test_a_rule_without_conditions_is_refused(folder: Folder) -> None:
    folder.edit(
        "rules/negative_burst.yaml",
        'signals: [burst, negative_surge], within: 1h, reach: ">= 100k"',
        "within: 1h",
    )
    (problem,) = folder.problems()
    assert problem.startswith("config/rules/negative_burst.yaml:2: when: states no condition")


def test_steps_that_wait_for_each_other_are_refused(folder: Folder) -> None:
    folder.edit("library/misleading_ad.yaml", "due: 10m", "due: 30m\n    after: [pause_campaign]")
    (problem,) = folder.problems()
    assert problem.startswith("library/misleading_ad.yaml:5: steps: ")
    assert "freeze_evidence → pause_campaign" in problem or "pause_campaign → freeze_evidence" in problem


def test_two_books_for_the_same_incidents_are_refused(folder: Folder) -> None:
    text = folder.path("library/any.yaml").read_text(encoding="utf-8")
    folder.write("library/general.yaml", text.replace("book: any", "book: general"))
    (problem,) = folder.problems()
    assert problem.startswith("library/general.yaml:3: topic: ")
    assert '"any"' in problem


def test_the_clients_id_of_the_agency_itself_is_refused(folder: Folder) -> None:
    folder.write("clients/house.yaml", "client: house\nname: 某\nbrands: [某某某]\n")
    (problem,) = folder.problems()
    assert problem.startswith("config/clients/house.yaml:1: client: ")


def test_a_broken_agency_does_not_make_every_client_look_wrong(folder: Folder) -> None:
    folder.edit("agency.yaml", "schema: 1\n", "")
    assert len(folder.problems()) == 1


@pytest.mark.parametrize(
    ("stray", "says"),
    [
        ("clients/shoe.yml", "rename it to shoe.yaml"),
        ("source.yaml", 'did you mean "sources.yaml"'),
        ("client/shoe.yaml", 'did you mean "clients"'),
        ("clients/shoes/shoe.yaml", "one level up"),
        ("lexicon/negation.txt", 'did you mean "negations"'),
        ("lexicon/crisis/food.txt", 'did you mean "food_safety"'),
        ("lexicon/authority/regulators.txt", 'did you mean "regulator"'),
    ],
)
def test_a_file_that_nobody_would_read_is_reported(folder: Folder, stray: str, says: str) -> None:
    folder.write(stray, "client: shoe\n")
    (problem,) = folder.problems()
    assert says in problem


@pytest.mark.parametrize("name", ["README.md", "clients/.lock.yaml.swp", "clients/lock.yaml~", ".git/config"])
def test_what_is_plainly_no_config_file_is_left_alone(folder: Folder, name: str) -> None:
    folder.write(name, b"\xff\x00")
    assert folder.problems() == []


@pytest.mark.parametrize("name", ["agency.yaml", "sources.yaml"])
def test_a_missing_file_is_named(folder: Folder, name: str) -> None:
    folder.path(name).unlink()
    (problem,) = folder.problems()
    assert problem.startswith(f"config/{name}: is missing")


def test_a_key_with_a_line_break_in_it_is_told_on_one_line() -> None:
    problem = Problem("library/any.yaml", 5, "steps.s\n\n look", "is not known here")
    assert str(problem) == "library/any.yaml:5: steps.s look: is not known here"


CHECK = "check: vague\nlevel: warn\nzh: 含糊\nen: vague\nwords: [尽快]\n"


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "says"),
    [
        ("check: vague", "check: vogue", 1, "check", "vague.yaml"),
        ("level: warn", "level: stop", 2, "level", "'refuse' or 'warn'"),
        ("en: vague\n", "", 1, "en", "missing"),
        ("words: [尽快]\n", "", 1, "", "looks for nothing"),
        ("words: [尽快]", "patterns: ['(尽快']", 5, "patterns", "cannot be read"),
        ("words: [尽快]", "patterns: ['尽?']", 5, "patterns", "found in every text"),
        ("words: [尽快]", "words: [尽快]\nspares: [motto]", 6, "spares", "'contact'"),
        ("words: [尽快]", "words: [尽快]\nlaws: [{law: 甲, article: 一}]", 6, "laws.checked_on", "missing"),
    ],
)
def test_a_check_that_is_wrong_is_told_with_its_line(  # noqa: PLR0913, PLR0917 -- a row of the table
    folder: Folder, old: str, new: str, line: int, key: str, says: str
) -> None:
    folder.write("checks/vague.yaml", CHECK.replace(old, new))
    problem = folder.problems()[0]
    where = f"config/checks/vague.yaml:{line}: {key}: " if key else f"config/checks/vague.yaml:{line}: "
    assert problem.startswith(where)
    assert says in problem


def test_a_pointer_nobody_compared_for_years_is_pointed_out(folder: Folder) -> None:
    law = "laws: [{law: 甲, article: 一, means: 乙, checked_on: 2020-01-01}]\n"
    folder.write("checks/vague.yaml", CHECK + law)
    assert folder.problems() == []
    assert any("checks/vague.yaml:6" in note and "compare the article" in note for note in folder.notes())


def test_a_watch_that_cannot_be_read_is_told_with_line_and_place(folder: Folder) -> None:
    folder.edit("clients/tea.yaml", "[芷屿]", "[{name: 芷屿, watch: 茶 饮}]")
    (problem,) = folder.problems()
    assert problem.startswith("config/clients/tea.yaml:3: brands.watch: at character 3")
    assert "AND or OR" in problem


@pytest.mark.parametrize(
    ("brands", "key", "says"),
    [
        (r'[{name: 芷屿, aliases: ["芷\u200b"]}]', "brands.aliases", "the one character"),
        ('[{name: 芷屿, aliases: ["❤️"]}]', "brands.aliases", "the one character"),
        (r'[{name: 芷屿, aliases: ["\u200b\u2060"]}]', "brands.aliases", r"\u200b\u2060 holds nothing that"),
        ("[芷屿, 芷嶼]", "brands", '"芷嶼" already stands for the brand "芷屿"'),
        ("[{name: 芷屿, look_alikes: [芷嶼]}]", "brands.look_alikes", "is an alias itself"),
        (r'[{name: 芷屿, watch: "茶 OR \u2800"}]', "brands.watch", r"\u2800 holds nothing that can be seen"),
        ("[{name: 芷屿, watch: 'source:chengboa'}]", "brands.watch", 'did you mean "chengbao"?'),
        ("[{name: 芷屿, watch: '茶 OR 信源:投递文件夹'}]", "brands.watch", 'write its id, "inbox"'),
    ],
    ids=["one", "emoji", "none", "twins", "own look-alike", "unseen word", "no source", "source by name"],
)
def test_names_are_compared_as_they_are_looked_for(folder: Folder, brands: str, key: str, says: str) -> None:
    folder.edit("clients/tea.yaml", "[芷屿]", brands)
    (problem,) = folder.problems()
    assert problem.startswith(f"config/clients/tea.yaml:3: {key}: ")
    assert says in problem


def test_a_look_alike_may_be_written_in_the_other_script_or_with_spaces(folder: Folder) -> None:
    folder.edit("clients/tea.yaml", "[芷屿]", "[{name: 芷嶼, aliases: [A 站], look_alikes: [芷屿湾, A站台]}]")
    assert folder.problems() == []


def test_two_clients_that_claim_a_name_in_two_scripts_are_noted(folder: Folder) -> None:
    folder.edit("clients/tea.yaml", "[芷屿]", "[芷屿, 安嶼]")
    assert [note for note in folder.notes() if '"安嶼" is also watched for client lock' in note]
