#include "supervise/action.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ros::supervise {

std::string Id::text() const {
  return fmt::format("{}.{}", service, generation);
}

std::optional<Id> Id::parse(std::string_view text) {
  const auto dot = text.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  const auto number = parse_int(text.substr(dot + 1));
  if (!number || *number < 1) return std::nullopt;
  Id id{std::string(text.substr(0, dot)), static_cast<Generation>(*number)};
  if (id.text() != text) return std::nullopt;  // "a.07", "a.+7"
  return id;
}

std::string StopPolicy::text() const {
  return fmt::format("{} {}", signal, grace.count());
}

std::optional<StopPolicy> StopPolicy::parse(std::string_view text) {
  const auto words = split(text, ' ');
  const auto grace = parse_int(words.size() == 2 ? words[1] : "");
  if (!grace || *grace < 0 || words[0].empty()) return std::nullopt;
  StopPolicy policy;
  policy.signal = words[0];
  policy.grace = Millis(*grace);
  return policy;
}

const Id& id_of(const Action& action) {
  return std::visit([](const auto& each) -> const Id& { return each.id; }, action);
}

std::string describe(const Action& action) {
  struct Verb {
    std::string operator()(const Start& start) const {
      return start.create_only ? "create" : "start";
    }
    std::string operator()(const CancelStart&) const { return "cancel"; }
    std::string operator()(const Stop& stop) const { return "stop with " + stop.signal; }
    std::string operator()(const Kill&) const { return "kill"; }
    std::string operator()(const Remove&) const { return "remove"; }
    std::string operator()(const ProbeReady&) const { return "probe"; }
    std::string operator()(const EndProbe&) const { return "end probe of"; }
  };
  return fmt::format("{} {}", std::visit(Verb{}, action), id_of(action).text());
}

std::string_view word(State state) {
  switch (state) {
    case State::kDown:
      return "down";
    case State::kWaiting:
      return "waiting";
    case State::kStarting:
      return "starting";
    case State::kUnready:
    case State::kReady:
      return "running";
    case State::kStopping:
    case State::kRemoving:
      return "stopping";
    case State::kRestarting:
      return "restarting";
    case State::kDone:
      return "done";
    case State::kFailed:
      return "failed";
  }
  return "?";
}

}  // namespace ros::supervise
