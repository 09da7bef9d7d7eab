import { aBatchKeepsItsOrder } from "./a-batch-keeps-its-order.js";
import { aClosedBackendFails } from "./a-closed-backend-fails.js";
import { aCutFailsCalls } from "./a-cut-fails-calls.js";
import { aSetRenewsTheExpiry } from "./a-set-renews-the-expiry.js";
import { aSilentServerFailsCalls } from "./a-silent-server-fails-calls.js";
import { aWatchOutlivesACut } from "./a-watch-outlives-a-cut.js";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { callsOutAtACloseSettle } from "./calls-out-at-a-close-settle.js";
import { callsTakeEffectInOrder } from "./calls-take-effect-in-order.js";
import { connectRejectsWithoutAServer } from "./connect-rejects-without-a-server.js";
import { connectRejectsWithoutAnAnswer } from "./connect-rejects-without-an-answer.js";
import { connectWorksAfterClose } from "./connect-works-after-close.js";
import { expiredIsGone } from "./expired-is-gone.js";
import { largeBatches } from "./large-batches.js";
import { largeValuesAreWhole } from "./large-values-are-whole.js";
import { longExpiriesAreKept } from "./long-expiries-are-kept.js";
import { manyWatches } from "./many-watches.js";
import { missingIsUndefined } from "./missing-is-undefined.js";
import { oneOfManyIsStored } from "./one-of-many-is-stored.js";
import { othersSetsAreRead } from "./others-sets-are-read.js";
import { overlappingCalls } from "./overlapping-calls.js";
import { theFirstFinishedOfBatchesStand } from "./the-first-finished-of-batches-stand.js";
import { theFirstFinishedStands } from "./the-first-finished-stands.js";
import { theLaterOfTwoEntriesStands } from "./the-later-of-two-entries-stands.js";
import { twoUsersAreIndependent } from "./two-users-are-independent.js";
import { unlessFinishedEnds } from "./unless-finished-ends.js";
import { unlessFinishedExpires } from "./unless-finished-expires.js";
import { unlessFinishedKeeps } from "./unless-finished-keeps.js";
import { unlessFinishedKeepsInABatch } from "./unless-finished-keeps-in-a-batch.js";
import { unlessPresentKeeps } from "./unless-present-keeps.js";
import { unusualKeys } from "./unusual-keys.js";
import { unwatchEnds } from "./unwatch-ends.js";
import { valuesSurvive } from "./values-survive.js";
import { watchTellsOfASet } from "./watch-tells-of-a-set.js";

/** What a backend does, from the common to the rare: the table of contents of the contract. */
export const backendBehaviours: readonly BackendBehaviour[] = [
  valuesSurvive,
  largeValuesAreWhole,
  missingIsUndefined,
  aBatchKeepsItsOrder,
  largeBatches,
  overlappingCalls,
  othersSetsAreRead,
  theLaterOfTwoEntriesStands,
  callsTakeEffectInOrder,
  unusualKeys,

  expiredIsGone,
  longExpiriesAreKept,
  aSetRenewsTheExpiry,

  unlessPresentKeeps,
  unlessFinishedKeeps,
  unlessFinishedKeepsInABatch,
  unlessFinishedExpires,
  unlessFinishedEnds,
  oneOfManyIsStored,
  theFirstFinishedStands,
  theFirstFinishedOfBatchesStand,

  watchTellsOfASet,
  unwatchEnds,
  manyWatches,
  aWatchOutlivesACut,

  connectWorksAfterClose,
  aClosedBackendFails,
  callsOutAtACloseSettle,
  twoUsersAreIndependent,

  aCutFailsCalls,
  aSilentServerFailsCalls,
  connectRejectsWithoutAServer,
  connectRejectsWithoutAnAnswer,
];
