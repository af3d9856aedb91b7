"""The words, days and components of our pages: `{% load fourfold %}`.

Tags draw the components of `templates/components/`; filters say days and moments as the ward says them.
Days are `date`, moments are aware `datetime`, both shown in the active time zone, which is the site's
(`coordination.base.access.ScopeMiddleware` activates it). docs/design-system.md lists everything.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast

from django import template
from django.forms import Form
from django.template import loader
from django.template.base import Node, NodeList, Parser, TextNode, Token
from django.template.context import Context
from django.utils.safestring import SafeString

from coordination.base.navigation import Link
from coordination.base.words import record_number, status_of
from coordination.wording.page_days import (
    Moment,
    age,
    ago,
    best_words,
    counted,
    course_week,
    full_date,
    kilograms,
    lateness,
    local_date,
    local_moment,
    local_time,
    relative_day,
    window_words,
)

register = template.Library()
for words in (
    record_number,
    local_date,
    full_date,
    local_time,
    local_moment,
    relative_day,
    kilograms,
    counted,
    ago,
    lateness,
    course_week,
    age,
):
    register.filter(words)


@lru_cache(maxsize=4096)
def _drawn(component: str, /, **parameters: str | bool) -> SafeString:
    """Draw a component that depends on nothing but a few words, once for each of them.

    A list shows hundreds, and a page has milliseconds.
    """
    return loader.render_to_string(f"components/{component}.html", parameters)


# --- days and moments ---------------------------------------------------------------------------


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
        best=best_words(target, within=ends) if target and any(ends) and not lone else "",
        open_best=best_words(open_best, within=ends) if open_best and open_best != target else "",
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
    form: Form | None = None,
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
