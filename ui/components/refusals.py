"""What a teacher should write next: questions that were refused, answers that a learner called wrong. Both can be exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import streamlit as st

from assistant.journal import Refusal
from ui import services
from ui.evidence import harmless
from ui.session import say


def draw_refusals() -> None:
    """The refused questions, newest first, and their export."""
    st.subheader(say("review.refused"), anchor=False)
    refusals = services.house().journal.refusals()
    if not refusals:
        st.caption(say("review.refused-none"))
        return
    rows = [
        {
            say("review.date"): one.at[:16].replace("T", " "),
            say("review.question"): one.question,
            say("review.nearest"): ", ".join(one.nearest),
        }
        for one in refusals
    ]
    st.dataframe(rows, hide_index=True, alt=say("review.refused"))
    st.download_button(
        say("review.refused-export"),
        exported(refusals),
        file_name="kubenote-refused.csv",
        mime="text/csv",
        key="refused-export",
        icon=":material/download:",
        on_click="ignore",
    )


def exported(refusals: Sequence[Refusal]) -> str:
    """Refused questions as CSV, with a byte order mark so that spreadsheets read the Korean."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("date", "language", "question", "nearest"))
    for one in refusals:
        writer.writerow((one.at, one.language, harmless(one.question), " ".join(one.nearest)))
    return "\ufeff" + out.getvalue()


def draw_reports() -> None:
    """Answers called wrong, with the learner's comment."""
    st.subheader(say("review.reported"), anchor=False)
    reports = services.house().journal.reports()
    if not reports:
        st.caption(say("review.reported-none"))
        return
    rows = [
        {
            say("review.date"): one.at[:16].replace("T", " "),
            say("review.question"): one.question,
            say("review.comment"): one.comment,
        }
        for one in reports
    ]
    st.dataframe(rows, hide_index=True, alt=say("review.reported"))
