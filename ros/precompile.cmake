# precompile(TARGET HEADER...): the headers of libraries that most files of the target include are parsed
# once a build, not once a file: a third to a half of the compiler's time.
#
# For clang, which reads of them what a file uses; g++ loads all of it, which takes longer than it saves.
# A file still includes what it uses: clang-tidy (tests/tidy.py) reads each one without these.
set(library_headers <algorithm> <array> <chrono> <csignal> <cstdint> <cstring> <functional> <map> <memory>
  <optional> <set> <span> <string> <string_view> <variant> <vector> <fmt/format.h> <nlohmann/json.hpp>)

function(precompile target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    target_precompile_headers(${target} PRIVATE ${library_headers} ${ARGN})
    # The time of the headers stays out of the result: ccache knows files by their content.
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()
