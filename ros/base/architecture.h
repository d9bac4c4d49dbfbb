// What images call the architecture of this build: GOARCH (OCI image-spec, "platform" of an index).
#pragma once

namespace ros {

#if defined(__x86_64__)
inline constexpr const char* kArchitecture = "amd64";
#elif defined(__aarch64__)
inline constexpr const char* kArchitecture = "arm64";
#else
#error "no name for this architecture"
#endif

}  // namespace ros
