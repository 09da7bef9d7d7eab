import { aClosedBrokerEndsAReceive } from "./a-closed-broker-ends-a-receive.js";
import { aClosedBrokerRejects } from "./a-closed-broker-rejects.js";
import { aCrashDuringARedriveLosesNothing } from "./a-crash-during-a-redrive-loses-nothing.js";
import { aCrashDuringAReleaseLosesNothing } from "./a-crash-during-a-release-loses-nothing.js";
import { aCrashDuringAReplaceLeavesOne } from "./a-crash-during-a-replace-leaves-one.js";
import { aCrashDuringAReplaceLosesNothing } from "./a-crash-during-a-replace-loses-nothing.js";
import { aCrashKeepsTheOrder } from "./a-crash-keeps-the-order.js";
import { aCrashLosesNothing } from "./a-crash-loses-nothing.js";
import { aCrashWhileDeadLetteringLosesNothing } from "./a-crash-while-dead-lettering-loses-nothing.js";
import { aCutHangsNothing } from "./a-cut-hangs-nothing.js";
import { aCutRejectsSends } from "./a-cut-rejects-sends.js";
import { aDelayHoldsUpNothing } from "./a-delay-holds-up-nothing.js";
import { aDelayOutlivesACrash } from "./a-delay-outlives-a-crash.js";
import { aDelayOutlivesItsSender } from "./a-delay-outlives-its-sender.js";
import { aFailedRewriteLosesNothing } from "./a-failed-rewrite-loses-nothing.js";
import { aHoldOutlivesItsLease } from "./a-hold-outlives-its-lease.js";
import { aLargeBatchArrives } from "./a-large-batch-arrives.js";
import { aLossMakesRoom } from "./a-loss-makes-room.js";
import { aReceiveRejectsWithoutAServer } from "./a-receive-rejects-without-a-server.js";
import { aReleaseComesBack } from "./a-release-comes-back.js";
import { aReleaseIsNoRedelivery } from "./a-release-is-no-redelivery.js";
import { aSendReachesSeveralQueues } from "./a-send-reaches-several-queues.js";
import { aSendThatBrokeOffTellsTheTruth } from "./a-send-that-broke-off-tells-the-truth.js";
import { aSettleDuringACutLeavesNothingStuck } from "./a-settle-during-a-cut-leaves-nothing-stuck.js";
import { aSilentServerHangsNothing } from "./a-silent-server-hangs-nothing.js";
import { aSubscriptionOutlivesACut } from "./a-subscription-outlives-a-cut.js";
import { aSubscriptionOutlivesASilence } from "./a-subscription-outlives-a-silence.js";
import { ackRemoves } from "./ack-removes.js";
import { anAckIsForOne } from "./an-ack-is-for-one.js";
import { anAckOutlivesACut } from "./an-ack-outlives-a-cut.js";
import { anUnsubscribedQueueKeeps } from "./an-unsubscribed-queue-keeps.js";
import { bodiesSurvive } from "./bodies-survive.js";
import { bodiesSurviveEveryWay } from "./bodies-survive-every-way.js";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { callsAtOnceSettleOnce } from "./calls-at-once-settle-once.js";
import { callsOutAtACloseSettle } from "./calls-out-at-a-close-settle.js";
import { closeDuringAReceiveLosesNothing } from "./close-during-a-receive-loses-nothing.js";
import { closeEndsAReceive } from "./close-ends-a-receive.js";
import { closeEndsASubscribe } from "./close-ends-a-subscribe.js";
import { closeGivesBack } from "./close-gives-back.js";
import { closeGivesBackInOrder } from "./close-gives-back-in-order.js";
import { connectRejectsWithoutAServer } from "./connect-rejects-without-a-server.js";
import { connectRejectsWithoutAnAnswer } from "./connect-rejects-without-an-answer.js";
import { connectWorksAfterClose } from "./connect-works-after-close.js";
import { countsTellWhatIsThere } from "./counts-tell-what-is-there.js";
import { deadLettersAreKept } from "./dead-letters-are-kept.js";
import { deadLettersAreListedInOrder } from "./dead-letters-are-listed-in-order.js";
import { delaysAreNeverEarly } from "./delays-are-never-early.js";
import { eachMessageHasItsOwnWay } from "./each-message-has-its-own-way.js";
import { eachWaitingReceiveEnds } from "./each-waiting-receive-ends.js";
import { equalBodiesAreSeveral } from "./equal-bodies-are-several.js";
import { equalDelaysKeepTheOrder } from "./equal-delays-keep-the-order.js";
import { frontIsDelivered } from "./front-is-delivered.js";
import { frontIsNextInLine } from "./front-is-next-in-line.js";
import { largeBodiesAreWhole } from "./large-bodies-are-whole.js";
import { lettersTellWhenTheyDied } from "./letters-tell-when-they-died.js";
import { longErrorsMakeLetters } from "./long-errors-make-letters.js";
import { lostAreTheReceived } from "./lost-are-the-received.js";
import { lostDeliveriesAreReported } from "./lost-deliveries-are-reported.js";
import { manyAreSettledInOneCall } from "./many-are-settled-in-one-call.js";
import { manyDelays } from "./many-delays.js";
import { manyLetters } from "./many-letters.js";
import { noDelayIsAtOnce } from "./no-delay-is-at-once.js";
import { nothingIsLostInACrowd } from "./nothing-is-lost-in-a-crowd.js";
import { nothingIsSentByAnEmptyCall } from "./nothing-is-sent-by-an-empty-call.js";
import { outcomesComeInOrder } from "./outcomes-come-in-order.js";
import { overlappingCalls } from "./overlapping-calls.js";
import { purgeDeletes } from "./purge-deletes.js";
import { purgeMeetsAList } from "./purge-meets-a-list.js";
import { receiveEndsAfterItsWait } from "./receive-ends-after-its-wait.js";
import { receiveKeepsToItsLimit } from "./receive-keeps-to-its-limit.js";
import { receiveWakesAtASend } from "./receive-wakes-at-a-send.js";
import { receiveWakesAtWhatComesBack } from "./receive-wakes-at-what-comes-back.js";
import { redeliveriesAreCounted } from "./redeliveries-are-counted.js";
import { redeliveriesBeginAnew } from "./redeliveries-begin-anew.js";
import { redeliveriesGrow } from "./redeliveries-grow.js";
import { redriveRewrites } from "./redrive-rewrites.js";
import { redriveSendsAllAgain } from "./redrive-sends-all-again.js";
import { redriveTakesIds } from "./redrive-takes-ids.js";
import { releasesGoToTheHead } from "./releases-go-to-the-head.js";
import { replaceByNothingRemoves } from "./replace-by-nothing-removes.js";
import { replaceIsOneStep } from "./replace-is-one-step.js";
import { replacePutsOthersInPlace } from "./replace-puts-others-in-place.js";
import { replaceReachesOtherQueues } from "./replace-reaches-other-queues.js";
import { replaceTakesADelay } from "./replace-takes-a-delay.js";
import { sendAheadMayChange } from "./send-ahead-may-change.js";
import { sendsArriveInOrder } from "./sends-arrive-in-order.js";
import { settlingTwiceIsLost } from "./settling-twice-is-lost.js";
import { subscriptionsOfOneBrokerShare } from "./subscriptions-of-one-broker-share.js";
import { twoSubscribersShare } from "./two-subscribers-share.js";
import { twoUsersAreIndependent } from "./two-users-are-independent.js";
import { unsettledStayWithinTheBound } from "./unsettled-stay-within-the-bound.js";
import { unusualQueueNames } from "./unusual-queue-names.js";
import { whatOthersGotCannotBeSettled } from "./what-others-got-cannot-be-settled.js";

/** What a broker does, from the common to the rare: the table of contents of the contract. */
export const brokerBehaviours: readonly BrokerBehaviour[] = [
  sendsArriveInOrder,
  aLargeBatchArrives,
  aSendReachesSeveralQueues,
  nothingIsSentByAnEmptyCall,
  bodiesSurvive,
  equalBodiesAreSeveral,
  largeBodiesAreWhole,
  anUnsubscribedQueueKeeps,
  unusualQueueNames,
  overlappingCalls,

  receiveWakesAtASend,
  eachWaitingReceiveEnds,
  receiveWakesAtWhatComesBack,
  receiveEndsAfterItsWait,
  receiveKeepsToItsLimit,
  unsettledStayWithinTheBound,
  sendAheadMayChange,
  twoSubscribersShare,
  subscriptionsOfOneBrokerShare,
  twoUsersAreIndependent,

  ackRemoves,
  anAckIsForOne,
  manyAreSettledInOneCall,
  outcomesComeInOrder,
  settlingTwiceIsLost,
  callsAtOnceSettleOnce,
  replacePutsOthersInPlace,
  replaceReachesOtherQueues,
  replaceTakesADelay,
  replaceByNothingRemoves,
  replaceIsOneStep,
  aReleaseComesBack,
  releasesGoToTheHead,
  aReleaseIsNoRedelivery,
  aHoldOutlivesItsLease,

  closeGivesBack,
  closeGivesBackInOrder,
  closeEndsAReceive,
  closeDuringAReceiveLosesNothing,
  aClosedBrokerEndsAReceive,
  closeEndsASubscribe,
  callsOutAtACloseSettle,
  aClosedBrokerRejects,
  connectWorksAfterClose,

  delaysAreNeverEarly,
  noDelayIsAtOnce,
  eachMessageHasItsOwnWay,
  manyDelays,
  equalDelaysKeepTheOrder,
  aDelayHoldsUpNothing,
  aDelayOutlivesItsSender,
  frontIsNextInLine,
  frontIsDelivered,

  deadLettersAreKept,
  lettersTellWhenTheyDied,
  longErrorsMakeLetters,
  deadLettersAreListedInOrder,
  redriveSendsAllAgain,
  redriveTakesIds,
  redriveRewrites,
  bodiesSurviveEveryWay,
  aFailedRewriteLosesNothing,
  manyLetters,
  purgeDeletes,
  purgeMeetsAList,
  countsTellWhatIsThere,

  aCrashLosesNothing,
  aCrashKeepsTheOrder,
  aCrashDuringAReplaceLosesNothing,
  aCrashDuringAReplaceLeavesOne,
  aCrashWhileDeadLetteringLosesNothing,
  aCrashDuringAReleaseLosesNothing,
  aCrashDuringARedriveLosesNothing,
  redeliveriesGrow,
  redeliveriesAreCounted,
  redeliveriesBeginAnew,
  lostDeliveriesAreReported,
  whatOthersGotCannotBeSettled,
  lostAreTheReceived,
  aSubscriptionOutlivesACut,
  aSubscriptionOutlivesASilence,
  anAckOutlivesACut,
  aSettleDuringACutLeavesNothingStuck,
  aLossMakesRoom,
  aDelayOutlivesACrash,
  aCutRejectsSends,
  aSendThatBrokeOffTellsTheTruth,
  aReceiveRejectsWithoutAServer,
  aCutHangsNothing,
  aSilentServerHangsNothing,
  connectRejectsWithoutAServer,
  connectRejectsWithoutAnAnswer,

  nothingIsLostInACrowd,
];
