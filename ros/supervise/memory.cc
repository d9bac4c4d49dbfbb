#include "supervise/memory.h"

#include <nlohmann/json.hpp>

namespace ros::supervise {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

[[nodiscard]] Json optional_time(const std::optional<Millis>& time) {
  return time ? Json(time->count()) : Json(nullptr);
}

[[nodiscard]] std::optional<Millis> optional_time(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return Millis(json.get<Millis::rep>());
}

[[nodiscard]] Memory decode_one(const Json& json) {
  Memory memory;
  memory.service = json.at("service").get<std::string>();
  memory.desired = json.at("up").get<bool>() ? Desired::kUp : Desired::kDown;
  const int state = json.at("state").get<int>();
  if (state < 0 || state > static_cast<int>(State::kFailed)) throw std::out_of_range("state");
  memory.state = static_cast<State>(state);
  memory.reason = json.at("reason").get<std::string>();
  memory.generation = json.at("generation").get<Generation>();
  memory.highest = json.at("highest").get<Generation>();
  memory.restarts = json.at("restarts").get<int>();
  memory.blocked = json.at("blocked").get<bool>();
  memory.start_at = optional_time(json.at("start_at"));
  memory.ready_at = optional_time(json.at("ready_at"));
  return memory;
}

}  // namespace

std::string encode_memory(const std::vector<Memory>& memory) {
  Json services = Json::array();
  for (const auto& each : memory) {
    services.push_back({{"service", each.service},
                        {"up", each.desired == Desired::kUp},
                        {"state", static_cast<int>(each.state)},
                        {"reason", each.reason},
                        {"generation", each.generation},
                        {"highest", each.highest},
                        {"restarts", each.restarts},
                        {"blocked", each.blocked},
                        {"start_at", optional_time(each.start_at)},
                        {"ready_at", optional_time(each.ready_at)}});
  }
  const Json document = {{"version", kVersion}, {"services", services}};
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::vector<Memory>> decode_memory(const std::string& text) {
  try {
    const Json document = Json::parse(text);
    if (document.at("version").get<int>() != kVersion) return fail("memory: another version");
    std::vector<Memory> memory;
    for (const auto& each : document.at("services")) memory.push_back(decode_one(each));
    return memory;
  } catch (const std::exception& error) {
    return fail(std::string("memory: ") + error.what());
  }
}

}  // namespace ros::supervise
