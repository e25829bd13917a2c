# cmake -D IN=<english.txt> -D OUT=<file.inc> -P bip39_table.cmake
# The word list as C++ string literals. It must be the list that receipts were made with: another order or word would
# turn every receipt in the world into another mailbox, so that its hash is held here.
file(SHA256 ${IN} hash)
if(NOT hash STREQUAL "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda")
  message(FATAL_ERROR "${IN} is not the BIP39 English list")
endif()
file(STRINGS ${IN} words)
list(TRANSFORM words REPLACE "^(.+)$" "\"\\1\",")
list(JOIN words "\n" table)
file(WRITE ${OUT} "${table}\n")
