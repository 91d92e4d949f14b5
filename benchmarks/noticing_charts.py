"""Draw the charts of docs/noticing.md from what is measured now: hot lists, NAB, injections.

python -m benchmarks.noticing_charts [--into docs/images]      three minutes
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.board_cases import Case
from benchmarks.board_curve import by_hand, cases, curve, listed_words
from benchmarks.drawing import Axis, Line, asked_folder, bars, lines
from benchmarks.injections import injected
from benchmarks.leave_one_out import each_series
from benchmarks.measuring_data import measuring_data, measuring_tools
from benchmarks.numbers import DETECTOR, rival_injected

OURS, RIVAL = "望楼 ours", "厂商规则 vendor rule"
CRISES = ("flash x4", "flash x8", "flash x16", "slow x4", "slow x8")
FLOORS = (0.20, 0.48, 0.69, 0.58, 0.85)
GROUPS = ("突发 flash ×4", "×8", "×16", "缓升 slow ×4", "×8")
SHARE = Axis("找到 found", 0.0, 1.0, "{:.2f}")
BUDGETS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)


def hot_lists(found: Sequence[Case]) -> str:
    """Crises and bursts of other brands found, against false alarms."""
    ours, before = curve(found), curve(found, by_hand)
    words = [listed_words(found, least) for least in (3, 2, 1)]
    drawn = [
        Line("危机 crises", [(p.false_alarms, p.found) for p in ours]),
        Line("≥1–3 词 listed words", [(p.false_alarms, p.found) for p in words], joined=False),
        Line("其他爆发 bursts", [(p.false_alarms, p.bursts) for p in ours]),
        Line("旧法 bursts, set by hand", [(p.false_alarms, p.bursts) for p in before]),
    ]
    x = Axis("误报/品牌·周 false alarms a brand-week", 0.0, 0.6)
    return lines("热榜：6 小时内找到 Hot lists, found within 6 h", drawn, x, SHARE, BUDGETS)


def nab(ours: Mapping[str, float], rival: Mapping[str, float]) -> str:
    """The score of each series, by each detector's own bar."""
    names = sorted(ours)
    drawn = {OURS: [ours[n] for n in names], RIVAL: [rival[n] for n in names]}
    return bars("NAB：每个品牌 each series", names, drawn, Axis("得分 score", 0.0, 100.0, "{:.0f}"))


def injections(ours: Mapping[str, Any], rival: Mapping[str, Any]) -> str:
    """Crises put into real talk, found in time; the floors as dashes."""
    drawn = {name: [line[c]["found"] for c in CRISES] for name, line in ((OURS, ours), (RIVAL, rival))}
    title = "注入的危机 Injected crises (每周至多 1 次误报 ≤ 1 false alert a week; – – floor)"
    return bars(title, GROUPS, drawn, SHARE, FLOORS)


def main() -> None:
    into = asked_folder(__doc__)
    replay, counts, tools = measuring_data("replay"), measuring_data("nab"), measuring_tools()
    if replay is None or counts is None or tools is None:
        sys.exit("data or tools are not beside the checkout; set WANGLOU_SHARED")
    vendor = f"{tools / 'vendor_rule.py'}:Detector"
    drawn = {
        "hot-lists": hot_lists(cases(replay)),
        "nab": nab(each_series(tools, DETECTOR, counts), each_series(tools, vendor, counts)),
        "injections": injections(injected(tools, counts), rival_injected(tools, counts)),
    }
    for name, picture in drawn.items():
        path = into / f"noticing-{name}.svg"
        path.write_text(picture, encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
