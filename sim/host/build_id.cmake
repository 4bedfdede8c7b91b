# SPDX-License-Identifier: Apache-2.0
# Writes OUT, the source of build_id(): SHA-256 of names and contents of the program's sources below SOURCE_DIR.
file(GLOB_RECURSE sources RELATIVE ${SOURCE_DIR} ${SOURCE_DIR}/models/*.h ${SOURCE_DIR}/models/*.cpp ${SOURCE_DIR}/workloads/*.h ${SOURCE_DIR}/workloads/*.cpp
  ${SOURCE_DIR}/reports/*.h ${SOURCE_DIR}/reports/*.cpp ${SOURCE_DIR}/sim/*.h ${SOURCE_DIR}/sim/*.cpp)
list(SORT sources)
set(lines "")
foreach(source ${sources})
  file(SHA256 ${SOURCE_DIR}/${source} digest)
  string(APPEND lines "${source} ${digest}\n")
endforeach()
string(SHA256 build "${lines}")
file(WRITE ${OUT} "#include \"sim/host/build.h\"\nconst char* tricycle::build_id() { return \"${build}\"; }\n")
