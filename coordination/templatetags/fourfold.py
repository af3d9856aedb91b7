"""The words, days and components of our pages: `{% load fourfold %}`.

Tags draw the components of `templates/components/`; filters say days and moments as the ward says them.
Days are `date`, moments are aware `datetime`, both shown in the active time zone, which is the site's
(`coordination.base.access.ScopeMiddleware` activates it). docs/design-system.md lists everything.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from django import template
from django.template import loader
from django.template.base import Node, NodeList, Parser, TextNode, Token
from django.template.context import Context
from django.utils import timezone
from django.utils.safestring import SafeString

from coordination.base import clock
from coordination.base.forms import FilterForm
from coordination.base.navigation import Link
from coordination.base.words import distance, record_number, status_of
from scheduling.models.weight import weight_words

register = template.Library()
register.filter(record_number)

Moment = date | datetime
DAYS_OF_WEEK = 7


def _today() -> date:
    return timezone.localdate(clock.now())


def _day(value: Moment) -> date:
    if isinstance(value, datetime):
        return timezone.localdate(value)
    return value


@lru_cache(maxsize=4096)
def _drawn(component: str, /, **parameters: str | bool) -> SafeString:
    """Draw a component that depends on nothing but a few words, once for each of them.

    A list shows hundreds, and a page has milliseconds.
    """
    return loader.render_to_string(f"components/{component}.html", parameters)


# --- days and moments ---------------------------------------------------------------------------


def _short(day: date, *, today: date, weekday: bool = True) -> str:
    """Return "Tue 14 Jan", with the year when it is not this year's."""
    name = f"{day:%a} " if weekday else ""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{name}{day.day} {day:%b}{year}"


@register.filter
def local_date(value: Moment | None) -> str:
    """Say a day: "Tue 14 Jan", or "Tue 14 Jan 2027" when that is another year."""
    return _short(_day(value), today=_today()) if value else ""


@register.filter
def full_date(value: Moment | None) -> str:
    """Say a day with its year, as identifiers and letters need it: "14 Jan 2026"."""
    return f"{(day := _day(value)).day} {day:%b} {day.year}" if value else ""


@register.filter
def local_time(value: datetime | None) -> str:
    """Say the time of day at the site: "14:30"."""
    return f"{timezone.localtime(value):%H:%M}" if value else ""


@register.filter
def local_moment(value: Moment | None) -> str:
    """Say a moment at the site: "Tue 14 Jan 14:30"; of a day without a time only the day."""
    if isinstance(value, datetime):
        return f"{local_date(value)} {local_time(value)}"
    return local_date(value)


@register.filter
def relative_day(value: Moment | None, today: date | None = None) -> str:
    """Say a day and how far it is: "in 3 days, Tue 14 Jan"."""
    if value is None:
        return ""
    today = today or _today()
    day = _day(value)
    return f"{distance(day, today=today)}, {_short(day, today=today)}"


@register.filter
def kilograms(kg: Decimal) -> str:
    """Say a weight: "89.9 kg"."""
    return weight_words(kg)


@register.filter
def counted(count: int, noun: str) -> str:
    """Say how many of a list: "1 infusion", "20 infusions". Every noun of a list ends in an s."""
    return f"{count} {noun.removesuffix('s') if count == 1 else noun}"


@register.filter
def ago(value: Moment | None, today: date | None = None) -> str:
    """Say only how far a day is: "9 days ago", "in 3 days", "today"."""
    return distance(_day(value), today=today or _today()) if value else ""


@register.filter
def lateness(closes: Moment | None, today: date | None = None) -> str:
    """Say how late something is whose window closed: "9 days late"; nothing while it is not late.

    A window that ends at a moment is late from that moment on, within the day by the hour.
    """
    if closes is None:
        return ""
    if isinstance(closes, datetime) and today is None:
        late = clock.now() - closes
        if late.total_seconds() <= 0:
            return ""
        if late < timedelta(hours=1):
            return "less than an hour late"
        if late < timedelta(days=1):
            return f"{_count(late.seconds // 3600, 'hour')} late"
    days = ((today or _today()) - _day(closes)).days
    return f"{_count(days, 'day')} late" if days > 0 else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@register.filter
def course_week(value: Moment | None, first_infusion_on: date | None) -> str:
    """Say the week of the course that a day falls in: "week 1" begins on the day of the first infusion."""
    if value is None or first_infusion_on is None:
        return ""
    days = (_day(value) - first_infusion_on).days
    if days < 0:
        return "before cycle 1"
    return f"week {days // DAYS_OF_WEEK + 1}"


@register.filter
def age(birth_date: date | None, today: date | None = None) -> str:
    """Say an age in completed years; who was born on 29 February completes a year on 1 March."""
    if birth_date is None:
        return ""
    today = today or _today()
    before_birthday = (today.month, today.day) < (birth_date.month, birth_date.day)
    return str(today.year - birth_date.year - before_birthday)


# --- windows ------------------------------------------------------------------------------------


def _span(opens: date, closes: date, *, today: date) -> str:
    """Return "14-17 Jan", "28 Jan - 3 Feb" or "14 Jan"."""
    if opens == closes:
        return _short(opens, today=today, weekday=False)
    last = _short(closes, today=today, weekday=False)
    if (opens.year, opens.month) == (closes.year, closes.month):
        return f"{opens.day}-{last}"
    return f"{_short(opens, today=today, weekday=False)} - {last}"


def _moments(opens: datetime, closes: datetime, *, today: date) -> str:
    """Return "Tue 14 Jan 14:30-22:30", or both days when it runs past midnight."""
    first = f"{_short(_day(opens), today=today)} {local_time(opens)}"
    if _day(opens) == _day(closes):
        return f"{first}-{local_time(closes)}"
    return f"{first} - {_short(_day(closes), today=today)} {local_time(closes)}"


def window_words(opens: Moment | None, closes: Moment | None) -> str:
    """Say a window without its best day. Either end may be missing: "from 14 Jan", "until 17 Jan"."""
    today = _today()
    if isinstance(opens, datetime) and isinstance(closes, datetime):
        return _moments(opens, closes, today=today)
    if opens and closes:
        return _span(_day(opens), _day(closes), today=today)
    if closes:
        return f"until {local_moment(closes) if isinstance(closes, datetime) else local_date(closes)}"
    if opens:
        return f"from {local_moment(opens) if isinstance(opens, datetime) else local_date(opens)}"
    return ""


def _best_words(best: Moment, *, within: tuple[Moment | None, Moment | None]) -> str:
    if isinstance(best, datetime):
        return local_time(best) if _day(best) == _day(within[0] or best) else local_moment(best)
    months = {(_day(end).year, _day(end).month) for end in within if end}
    if months == {(best.year, best.month)}:
        return str(best.day)
    return _short(best, today=_today(), weekday=False)


@register.simple_tag
def window(
    opens: Moment | None,
    target: Moment | None = None,
    closes: Moment | None = None,
    *,
    open_best: date | None = None,
) -> SafeString:
    """Draw a window: "14-17 Jan, best 15".

    `open_best` is the nearest open day inside when the best day is closed: "best 15 (closed: take 16)".
    """
    ends = (opens, closes)
    lone = opens is not None and opens == closes
    return _drawn(
        "window",
        span=window_words(opens, closes) or local_date(target),
        best=_best_words(target, within=ends) if target and any(ends) and not lone else "",
        open_best=_best_words(open_best, within=ends) if open_best and open_best != target else "",
    )


@register.simple_tag
def day(value: Moment | None, *, first_infusion_on: date | None = None) -> SafeString:
    """Draw a day: "in 3 days, Tue 14 Jan", with the week of the course when its start is given."""
    words = local_moment(value) if isinstance(value, datetime) else local_date(value)
    return _drawn("day", distance=ago(value), words=words, week=course_week(value, first_infusion_on))


@register.simple_tag
def late(closes: Moment | None) -> SafeString:
    """Draw how late something is, or nothing."""
    return _drawn("lateness", words=lateness(closes))


# --- words with color and shape -----------------------------------------------------------------


def _once(tag: Callable[..., SafeString]) -> Callable[..., SafeString]:
    """Register a tag; where its parameters are constants, it is drawn when the template is compiled."""
    register.simple_tag(tag)
    name = tag.__name__
    compile_it = register.tags[name]

    def compiled(parser: Parser, token: Token) -> Node:
        node: Any = compile_it(parser, token)
        given = (*node.args, *node.kwargs.values())
        if node.target_var or any(expression.is_var for expression in given):
            return cast("Node", node)
        return TextNode(node.render(Context()))

    register.tag(name, compiled)
    return tag


@_once
def icon(name: str, label: str = "", *, size: str = "") -> SafeString:
    """Draw an icon of the sprite. Without a label it is decoration and hidden from a screen reader."""
    return _drawn("icon", name=name, label=label, size=size)


@_once
def status(key: str, *, word: str = "", strong: bool = False) -> SafeString:
    """Draw a status: `{% status "overdue" %}`. `word` says it otherwise, the tone and shape stay."""
    known = status_of(str(key))
    return _drawn("status", tone=known.tone, icon=known.icon, word=word or known.word, strong=strong)


@register.filter
def tone(key: str) -> str:
    """Return the tone of a status, for a component that colors more than the tag."""
    return status_of(str(key)).tone


@register.simple_tag(takes_context=True)
def rail(context: Context, *, counted: bool = False) -> SafeString:
    """Draw the list of pages: see components/rail.html. It is the same on most pages of a role."""
    figures = tuple(context.get(name) or "" for name in ("needing_me", "to_decide", "to_review"))
    return _drawn_rail(tuple(context.get("rail") or ()), counted, *figures)


@lru_cache(maxsize=512)
def _drawn_rail(
    links: tuple[Link, ...], counted: bool, needing_me: str, to_decide: str, to_review: str
) -> SafeString:
    return loader.render_to_string(
        "components/rail.html",
        {
            "rail": links,
            "counted": counted,
            "needing_me": needing_me,
            "to_decide": to_decide,
            "to_review": to_review,
        },
    )


# --- lists --------------------------------------------------------------------------------------


@register.inclusion_tag("components/sort_heading.html", takes_context=True)
def sort_heading(context: Context, words: str, *, key: str, css: str = "") -> dict[str, Any]:
    """Draw a column heading that sorts by `?sort=key`, and the other way round by `?sort=-key`.

    Reads `sort` from the page's context (the order in force), else from the query.
    """
    request = context["request"]
    current = str(context.get("sort") or request.GET.get("sort", ""))
    query = request.GET.copy()
    query["sort"] = f"-{key}" if current == key else key
    query.pop("page", None)
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    return {"words": words, "query": query.urlencode(), "direction": direction, "css": css}


@register.inclusion_tag("components/column_heads.html")
def column_heads(*words: str) -> dict[str, Any]:
    """Draw the head of a table, without sorting or figures: `{% column_heads "When" "Who" %}`."""
    return {"words": words}


# --- components that hold a body ----------------------------------------------------------------


def _draw(context: Context, name: str, **parameters: Any) -> SafeString:
    with context.push(**parameters):
        return context.template.engine.get_template(f"components/{name}.html").render(context)  # type: ignore[union-attr]


@register.simple_block_tag(takes_context=True)
def callout(
    context: Context, content: str, *, tone: str = "info", title: str = "", role: str = ""
) -> SafeString:
    """`{% callout tone="warn" title="…" %}…{% endcallout %}`: see components/callout.html."""
    return _draw(context, "callout", body=content, tone=tone, callout_title=title, role=role)


@register.simple_block_tag(takes_context=True)
def card(
    context: Context,
    content: str,
    *,
    title: str = "",
    note: str = "",
    id: str = "",
    tone: str = "",
    flush: bool = False,
    more: str = "",
    more_url: str = "",
) -> SafeString:
    """`{% card title="Due" %}…{% endcard %}`: see components/card.html."""
    return _draw(
        context,
        "card",
        body=content,
        card_title=title,
        note=note,
        card_id=id,
        tone=tone,
        flush=flush,
        more=more,
        more_url=more_url,
    )


@register.simple_block_tag(takes_context=True)
def confirm(context: Context, content: str, *, title: str, tone: str = "") -> SafeString:
    """`{% confirm title="Move cycle 3 to Tue 14 Jan?" %}…{% endconfirm %}`: see components/confirm.html."""
    return _draw(context, "confirm", body=content, confirm_title=title, tone=tone)


@register.simple_block_tag(takes_context=True)
def why(
    context: Context, content: str, *, source: str = "", words: str = "Why am I seeing this?"
) -> SafeString:
    """`{% why source="USPI 2.4" %}The rule in words.{% endwhy %}`: see components/why.html."""
    return _draw(context, "why", body=content, source=source, words=words)


@register.simple_block_tag(takes_context=True)
def table(context: Context, content: str, *, label: str, stacks: bool = False) -> SafeString:
    """`{% table label="Due items" %}<thead>…</tbody>{% endtable %}`: see components/table.html."""
    return _draw(context, "table", body=content, label=label, stacks=stacks)


@register.simple_block_tag(takes_context=True)
def empty_state(
    context: Context, content: str, *, title: str, icon: str = "circle-check", url: str = "", act: str = ""
) -> SafeString:
    """`{% empty_state title="Nothing" %}What to do.{% endempty_state %}`: see components/empty_state.html."""
    return _draw(context, "empty_state", body=content.strip(), empty_title=title, icon=icon, url=url, act=act)


@register.simple_block_tag(takes_context=True)
def filter_bar(
    context: Context,
    content: str,
    *,
    count: int,
    noun: str,
    form: FilterForm | None = None,
    exports: Sequence[tuple[str, str]] = (),
) -> SafeString:
    """`{% filter_bar count=… noun="…" %}The rule.{% endfilter_bar %}`: see components/filter_bar.html."""
    return _draw(
        context, "filter_bar", rule=content.strip(), count=count, noun=noun, form=form, exports=exports
    )


@register.simple_block_tag(takes_context=True)
def post_form(
    context: Context,
    content: str,
    *,
    act: str,
    tone: str = "main",
    icon: str = "",
    leave: str = "",
    to: str = "",
) -> SafeString:
    """`{% post_form act="Save" leave=url %}{{ form }}{% endpost_form %}`: see components/post_form.html."""
    return _draw(context, "post_form", body=content, act=act, tone=tone, icon=icon, leave=leave, to=to)


class Spoken(Node):
    """Drawn hundreds of times on a page, so it is a node of its own and no component."""

    def __init__(self, words: NodeList) -> None:
        self.words = words

    def render(self, context: Context) -> str:
        return f'<span class="visually-hidden">{self.words.render(context)}</span>'


@register.tag
def spoken(parser: Parser, token: Token) -> Spoken:
    """`Correct{% spoken %} the weight{% endspoken %}`: words that only a screen reader says."""
    words = parser.parse(("endspoken",))
    parser.delete_first_token()
    return Spoken(words)
