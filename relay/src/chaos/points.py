"""Where the relay is broken on purpose: every step from a message's last octet to its settlement.

A point is `room.Class.method:where`; where is entry, exit, before:callee or after:callee. A point
that no class has, or that is never passed, fails its case: so this table has to follow the code.
"""

# the batch of the group commit, which both accepting and settling go through
BEFORE_COMMIT = [
    "storage.GroupCommit.store:entry",                 # gathered
    "storage.GroupCommit.store:before:commit",         # written, not committed
]
AFTER_COMMIT = [
    "storage.GroupCommit.store:after:commit",          # committed, in memory only (H2)
    "storage.GroupCommit.store:before:sync",
]
AFTER_SYNC = [
    "storage.GroupCommit.store:after:sync",            # durable
    "storage.GroupCommit.commit:before:complete",      # durable, nobody told
]

ACCEPT_BEFORE = [
    "submission.Reception.submit:entry",               # read to the final dot
    "queue.Queue.accept:entry",                        # judged
    "queue.AcceptStore.prepare:entry",
    "queue.SegmentBodyStore.append:entry",             # before the bodies
    "queue.SegmentBodyStore.append:before:force",      # bodies written, not forced
    "queue.SegmentBodyStore.append:after:force",       # bodies durable
    "queue.AcceptStore.write:entry",                   # before the rows
    "queue.AcceptStore.insertMessages:exit",
    "queue.AcceptStore.insertDeliveries:exit",
    "queue.AcceptStore.write:exit",                    # rows and events, not committed
]
ACCEPT_AFTER = [
    "queue.Queue.handOver:entry",                      # durable, not in delivery
    "submission.Reception.accept:before:queued",       # the 250 is about to be written
    "submission.Reception.accept:exit",                # the 250 is on its way
]

SETTLE_BEFORE = [
    "delivery.SiteWorker.carry:entry",                 # rendered
    "smtp.ClientSession.send:exit",                    # the mail host said 250
    "delivery.SiteWorker.handle:before:settled",
    "queue.Queue.settle:entry",
    "queue.SettlementRules.judge:exit",
    "queue.SettleStore.write:entry",
    "queue.SettleStore.remove:exit",
    "queue.SettleStore.postpone:exit",
    "queue.SettleStore.write:exit",
    "events.EventStore.write:entry",
    "events.EventStore.write:exit",
]
# after the mail host's 250 and before the outcome is in the queue's hands: nothing there can fail by itself
OUT_OF_HANDS = ["smtp.ClientSession.send:exit", "delivery.SiteWorker.handle:before:settled", "queue.Queue.settle:entry"]
SETTLE_AFTER = [
    "queue.InFlight.leave:entry",
]

CLAIM = [
    "queue.LeaseStore.claim:entry",
    "queue.LeaseStore.lease:before:addBatch",          # rows chosen
    "queue.LeaseStore.lease:exit",                     # leased, not committed
    "queue.LeaseStore.claim:exit",                     # committed, in nobody's memory
    "queue.MessageStore.load:exit",
    "queue.Claims.claim:exit",                         # in memory, not handed over
]
START = [
    "queue.NodeLease.start:entry",
    "queue.LeaseStore.register:entry",
    "queue.LeaseStore.register:exit",
    "queue.LeaseStore.removeEnded:entry",              # earlier processes
    "queue.LeaseStore.removeEnded:exit",               # their mail is nobody's
    "queue.LeaseStore.releaseIdle:exit",
]
SWEEP = [
    "queue.MessageStore.write:entry",
    "queue.SegmentBodyStore.sweep:entry",
    "queue.SegmentBodyStore.sweep:before:deleteIfExists",
    "queue.SegmentBodyStore.sweep:after:deleteIfExists",
    "queue.SegmentBodyStore.sweep:exit",
]
