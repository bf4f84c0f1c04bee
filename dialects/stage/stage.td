//===- stage.td - the whole stage dialect -------------------*- tablegen -*-===//

#ifndef DIALECTS_STAGE_STAGE_TD
#define DIALECTS_STAGE_STAGE_TD

include "dialects/stage/library_ops.td"

#endif // DIALECTS_STAGE_STAGE_TD
