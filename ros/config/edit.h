// Changes to a cloud-config file, and what is given out of a configuration. Pure: text in, text
// out.
//
// Only what fits the table of keys gets in. Of the file everything is kept but comments that do not
// stand at its top: keys that this version does not know, too.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/load.h"
#include "config/node.h"

namespace ros::config {

// `ros config set KEY VALUE` on a file's text ("" = no file yet). VALUE reads as on the kernel
// command line; an empty one goes back to the default. Errors name the key and what was expected,
// or where the file does not parse.
[[nodiscard]] Result<std::string> set_key(const Layer& file, std::string_view key,
                                          const std::string& value);

// `ros config merge`: maps merge key by key, everything else is replaced; keys that are known and
// have no effect here are kept. Errors: all that is wrong with `added`, one line each.
[[nodiscard]] Result<std::string> merge_file(const Layer& file, const Layer& added);

// `ros config export`: as YAML, without what counts on the kernel command line only and
// so could not be merged again and, unless `with_private`, without keys and host keys.
[[nodiscard]] std::string export_yaml(Node merged, bool with_private);

}  // namespace ros::config
