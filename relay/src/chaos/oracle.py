"""What must hold after a fault, whatever it was.

For every recipient of an accepted message: delivered, bounced, suppressed or still queued, with
exactly one last event unless it is queued, and with its first event. Recipients of messages whose
end is unknown have all of that or nothing at all. Of a refused message there is no trace. A copy
comes twice only if the process ended between the sink's 250 and the commit of the settlement, or if
the connection ended before that 250 was heard.
"""
FINAL = {"email.delivered": "delivered", "email.bounced": "bounced", "email.failed": "failed",
         "email.suppressed": "suppressed"}
FIRST = {"email.sent", "email.scheduled"}


def judge(load, sink, rows, crashes, window, lag, doubt):
    """Compares what the application was told, what arrived and what the relay wrote down.

    crashes  monotonic times at which a relay ended without stopping
    window   seconds before a crash in which a copy may have been settled in vain
    lag      seconds after a crash in which the mail host may still answer what was on its way
    doubt    whether refused mail may be there: the relay ended before it could take back what a failing storage kept
    """
    first, final = {}, {}
    for event in rows["event"]:
        recipient = event["recipient"]
        if event["type"] in FIRST:
            first[recipient] = first.get(recipient, 0) + 1
        elif event["type"] in FINAL:
            final.setdefault(recipient, []).append(FINAL[event["type"]])
    queued = {row["recipient"] for row in rows["delivery"]}
    copies = {r: list(times) for r, times in sink.copies.items()}
    problems = []

    def problem(kind, recipients, text=""):
        recipients = sorted(recipients)
        if recipients:
            problems.append(f"{kind}: {len(recipients)}, such as {', '.join(recipients[:3])} {text}".strip())
        return len(recipients)

    ended = load.ended
    accepted = {r for r, how in ended.items() if how == "accepted"}
    unknown = {r for r, how in ended.items() if how == "unknown"}
    refused = {r for r, how in ended.items() if how == "refused"}
    present = set(first) | set(final) | queued
    kept = refused & present if doubt else set()
    ours = accepted | (unknown & present) | kept

    lost = {r for r in ours if r not in final and r not in queued}
    lost |= {r for r in ours if final.get(r) == ["delivered"] and r not in copies}
    doubled = {r for r, ends in final.items() if len(ends) > 1} | (set(final) & queued)
    missing = {r for r in ours if first.get(r, 0) != 1 and final.get(r) != ["suppressed"]}
    missing |= {r for r in ours if r in copies and r not in final and r not in queued}
    partial = {r for to in load.partners.values() for r in to
               if r not in present and any(p in present for p in to)}
    phantoms = ((refused - kept) & (present | set(copies))) | ((set(copies) | present) - set(ended))
    told_wrong = {r for r in ours if r in copies and final.get(r, ["delivered"])[0] != "delivered"}
    told_wrong |= {r for r in ours if final.get(r) == ["bounced"] and r not in sink.rejected}
    gave_up = {r for r in ours if "failed" in final.get(r, [])}

    twice = {r: times for r, times in copies.items() if len(times) > 1}
    distances, unexplained, unheard = [], set(), sink.unheard()
    for recipient, times in twice.items():
        heard = [time for time in times if (recipient, time) not in unheard]
        for before, after in zip(heard, heard[1:]):
            crash = next((c for c in sorted(crashes) if before <= c + lag and c <= after), None)
            if crash is None or crash - before > window:
                unexplained.add(recipient)
            else:
                distances.append(crash - before)

    counts = {
        "messages": len(load.partners) + load.refused,
        "accepted": len(accepted), "refused": len(refused), "unknown": len(unknown),
        "unknown_taken": len(unknown & present),
        "delivered": sum(1 for ends in final.values() if "delivered" in ends),
        "bounced": sum(1 for ends in final.values() if "bounced" in ends),
        "suppressed": sum(1 for ends in final.values() if "suppressed" in ends),
        "queued": len(queued),
        "lost": problem("lost", lost),
        "duplicates": sum(len(times) - 1 for times in twice.values()),
        "double_settled": problem("settled twice", doubled),
        "missing_events": problem("without an event", missing),
    }
    if doubt:
        counts["refused_and_kept"] = len(kept)
    if distances:
        counts["duplicate_window_ms"] = round(1000 * max(distances))
    problem("part of a message", partial)
    problem("not handed in, but here", phantoms)
    problem("told wrongly", told_wrong)
    problem("given up", gave_up)
    problem("sent twice outside the window", unexplained,
            " ".join(f"{t - min(times):.2f}" for r in sorted(unexplained)[:1] for times in [twice[r]] for t in times))
    problem("still queued", queued)
    counts["problems"] = problems
    return counts
