// Structures with a `fields` function to and from JSON objects. Internal to protocol.cc.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace ros::control::internal {

using Json = nlohmann::json;

inline constexpr std::size_t kMostElements = 20'000;

[[nodiscard]] inline std::string to_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Nothing when `text` is not a JSON object.
[[nodiscard]] inline std::optional<Json> parse_object(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return std::nullopt;
  return json;
}

class Writer {
 public:
  explicit Writer(Json& json) : json_(json) {}

  template <class T>
  void operator()(const char* name, const std::optional<T>& value) {
    if (value) json_[name] = *value;
  }
  template <class T>
  void operator()(const char* name, const std::vector<T>& values) {
    Json array = Json::array();
    for (const auto& each : values) array.push_back(write(each));
    json_[name] = std::move(array);
  }
  template <class T>
  void operator()(const char* name, const T& value) {
    json_[name] = value;
  }

  template <class T>
  [[nodiscard]] static Json write(const T& value) {
    if constexpr (std::same_as<T, std::string>) {
      return value;
    } else {
      Json object = Json::object();
      Writer writer(object);
      T::fields(writer, value);
      return object;
    }
  }

 private:
  Json& json_;
};

// Keeps the first error; what comes after it is not read.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}
  [[nodiscard]] const std::string& error() const { return error_; }

  template <class T>
  void operator()(const char* name, T& value) {
    const auto found = json_.find(name);
    if (!error_.empty() || found == json_.end() || found->is_null()) return;
    const char* expected = read(*found, value);
    if (expected != nullptr) error_ = fmt::format("'{}': expected {}", name, expected);
  }

 private:
  // nullptr, or what was expected instead.
  [[nodiscard]] static const char* read(const Json& json, std::string& value) {
    if (!json.is_string()) return "a text";
    value = json.get_ref<const std::string&>();
    return nullptr;
  }
  [[nodiscard]] static const char* read(const Json& json, bool& value) {
    if (!json.is_boolean()) return "true or false";
    value = json.get<bool>();
    return nullptr;
  }
  [[nodiscard]] static const char* read(const Json& json, std::int64_t& value) {
    if (!json.is_number_integer() ||
        (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX)) {
      return "a whole number";
    }
    value = json.get<std::int64_t>();
    return nullptr;
  }
  template <class T>
  [[nodiscard]] static const char* read(const Json& json, std::optional<T>& value) {
    return read(json, value.emplace());
  }
  template <class T>
  [[nodiscard]] static const char* read(const Json& json, std::vector<T>& values) {
    if (!json.is_array() || json.size() > kMostElements) return "a list of reasonable length";
    for (const auto& each : json) {
      if (const char* expected = read(each, values.emplace_back())) return expected;
    }
    return nullptr;
  }
  template <class T>
  [[nodiscard]] static const char* read(const Json& json, T& value) {
    if (!json.is_object()) return "an object";
    Reader reader(json);
    T::fields(reader, value);
    return reader.error().empty() ? nullptr : "objects with fields of their types";
  }

  const Json& json_;
  std::string error_;
};

}  // namespace ros::control::internal
