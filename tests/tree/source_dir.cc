#include "tests/tree/source_dir.h"

namespace alcove::tests {

const char* const kSourceDir = ALCOVE_SOURCE_DIR;

}  // namespace alcove::tests
