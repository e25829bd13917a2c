#include "server/rpc/convert/clock.h"

#include "server/rpc/convert/shared.h"

namespace alcove::rpc {

void SetFreeze(const clocks::Freeze& freeze, v1::ClockFreeze* out) {
  SetDay(freeze.from, out->mutable_from());
  SetDay(freeze.to, out->mutable_to());
}

}  // namespace alcove::rpc
