#include "cli/console/respawner.h"

#include "sys/restart_delay.h"

namespace ros::cli {

void Respawner::keep(Start start) {
  run(programs_.emplace_back(std::move(start)));
}

void Respawner::run(Program& program) {
  program.since = loop_.now();
  program.start([this, &program] { ended(program); });
}

void Respawner::ended(Program& program) {
  const bool healthy = loop_.now() - program.since >= sys::kHealthyRun;
  program.quick_ends = healthy ? 0 : program.quick_ends + 1;
  loop_.after(sys::restart_delay(program.quick_ends), [this, &program] { run(program); });
}

}  // namespace ros::cli
