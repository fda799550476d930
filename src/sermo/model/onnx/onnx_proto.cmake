# The C++ of ONNX's messages, generated at build time from the onnx.proto of the system's ONNX package, against the lite
# runtime and in a namespace of our own (sermo_onnx), so that a program which also links ONNX has no symbol twice.
# The package name is no part of the wire format.
#
# As a script (cmake -DFROM=... -DTO=... -P onnx_proto.cmake) it copies FROM to TO with the package renamed.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ "${FROM}" text)
  string(REPLACE "package onnx;" "package sermo_onnx;" renamed "${text}")
  if(renamed STREQUAL text)
    message(FATAL_ERROR "${FROM}: no line `package onnx;`")
  endif()
  file(WRITE "${TO}" "${renamed}")
  return()
endif()

find_program(SERMO_PROTOC protoc REQUIRED)
find_path(SERMO_ONNX_PROTO_INCLUDE onnx/onnx.proto REQUIRED)
set(SERMO_ONNX_GENERATED_DIR "${CMAKE_CURRENT_BINARY_DIR}/onnx_generated")
file(MAKE_DIRECTORY "${SERMO_ONNX_GENERATED_DIR}")
add_custom_command(
  OUTPUT "${SERMO_ONNX_GENERATED_DIR}/sermo_onnx.pb.cc" "${SERMO_ONNX_GENERATED_DIR}/sermo_onnx.pb.h"
  COMMAND "${CMAKE_COMMAND}" "-DFROM=${SERMO_ONNX_PROTO_INCLUDE}/onnx/onnx.proto"
    "-DTO=${SERMO_ONNX_GENERATED_DIR}/sermo_onnx.proto" -P "${CMAKE_CURRENT_LIST_FILE}"
  COMMAND "${SERMO_PROTOC}" "--cpp_out=lite:${SERMO_ONNX_GENERATED_DIR}" "-I${SERMO_ONNX_GENERATED_DIR}" sermo_onnx.proto
  DEPENDS "${SERMO_ONNX_PROTO_INCLUDE}/onnx/onnx.proto" "${CMAKE_CURRENT_LIST_FILE}"
  COMMENT "Generating ONNX messages" VERBATIM)
# Generated code answers to no warnings.
set_source_files_properties("${SERMO_ONNX_GENERATED_DIR}/sermo_onnx.pb.cc" PROPERTIES COMPILE_OPTIONS "-w")
