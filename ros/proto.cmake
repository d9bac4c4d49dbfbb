# Target containerd_proto: protobuf-lite messages of containerd's API and of the four well-known
# types it uses. The distribution's headers of the well-known types are for the full runtime, so
# lite ones are generated as well and stand first in the include path.
#
# ROS_PROTO is the result of stage containerd-proto; without it (a build by hand) the stage's
# recipe runs here once.
find_program(ROS_PROTOC protoc REQUIRED)
find_path(ROS_WELL_KNOWN google/protobuf/any.proto PATHS ${ROS_DEPS}/include NO_DEFAULT_PATH)
find_path(ROS_WELL_KNOWN google/protobuf/any.proto REQUIRED)

if(NOT ROS_PROTO)
  set(ROS_PROTO ${CMAKE_CURRENT_BINARY_DIR}/containerd-proto)
  if(NOT EXISTS ${ROS_PROTO}/github.com)
    execute_process(COMMAND ${CMAKE_COMMAND} -E env OUT=${ROS_PROTO}
        ${CMAKE_CURRENT_LIST_DIR}/containerd/proto/build
      COMMAND_ERROR_IS_FATAL ANY)
  endif()
endif()

set(proto_api ${ROS_PROTO}/github.com/containerd/containerd/api)
set(proto_out ${CMAKE_CURRENT_BINARY_DIR}/proto)
set(proto_in ${CMAKE_CURRENT_BINARY_DIR}/proto-well-known)
file(MAKE_DIRECTORY ${proto_out} ${proto_in}/google/protobuf)

foreach(name any empty field_mask timestamp)
  file(READ ${ROS_WELL_KNOWN}/google/protobuf/${name}.proto text)
  string(REPLACE "option go_package" "option optimize_for = LITE_RUNTIME;\noption go_package"
    text "${text}")
  file(CONFIGURE OUTPUT ${proto_in}/google/protobuf/${name}.proto CONTENT "${text}" @ONLY)
  list(APPEND proto_files ${proto_in}/google/protobuf/${name}.proto)
endforeach()
file(GLOB_RECURSE proto_api_files ${proto_api}/*.proto)
list(APPEND proto_files ${proto_api_files})

foreach(file ${proto_files})
  if(file MATCHES "^${proto_in}/")
    file(RELATIVE_PATH name ${proto_in} ${file})
  else()
    file(RELATIVE_PATH name ${proto_api} ${file})
  endif()
  string(REGEX REPLACE "\\.proto$" ".pb" stem ${name})
  list(APPEND proto_names ${name})
  list(APPEND proto_sources ${proto_out}/${stem}.cc)
  list(APPEND proto_headers ${proto_out}/${stem}.h)
endforeach()

add_custom_command(OUTPUT ${proto_sources} ${proto_headers}
  COMMAND ${ROS_PROTOC} --proto_path=${proto_in} --proto_path=${proto_api} --cpp_out=${proto_out}
    ${proto_names}
  DEPENDS ${proto_files}
  COMMENT "protoc: containerd API")

add_library(containerd_proto STATIC ${proto_sources})
# Some sixty files, most of whose time goes into the same headers.
set_target_properties(containerd_proto PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
target_include_directories(containerd_proto SYSTEM BEFORE PUBLIC ${proto_out})
# Not instrumented: sanitizers make these files the longest part of a test build.
target_compile_options(containerd_proto PRIVATE -w -g0 -fno-sanitize=all)
