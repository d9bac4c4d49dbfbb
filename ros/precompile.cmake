# precompile(TARGET HEADER...): the headers of libraries that most files of the target include are parsed
# once a build, not once a file: a third to a half of the compiler's time.
#
# A file still includes what it uses: clang-tidy (tests/tidy.py) reads each one without these.
set(library_headers <algorithm> <array> <chrono> <csignal> <cstdint> <cstring> <functional> <map> <memory>
  <optional> <set> <span> <string> <string_view> <variant> <vector> <fmt/format.h> <nlohmann/json.hpp>)

function(precompile target)
  target_precompile_headers(${target} PRIVATE ${library_headers} ${ARGN})
endfunction()

# The time of the headers stays out of clang's result: ccache knows files by their content.
add_compile_options("$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
