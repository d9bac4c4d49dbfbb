// Runs a fuzz target without libFuzzer: replays the files given, then mutations of them for a
// while.
//
//   cmdline_fuzz [--seconds N] [--seed N] [--input FILE] FILE|DIRECTORY...
//
// A crash is a sanitizer's report; the input at fault has been written to the file of --input
// (./fuzz-input) before it ran. An input that takes longer than kSlow ends the run with status 1.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kSlow{5};
constexpr std::size_t kLongest = 1U << 15U;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> read_corpus(const std::vector<std::string>& paths) {
  std::vector<std::string> corpus;
  for (const auto& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      corpus.push_back(read_file(path));
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(path))
      corpus.push_back(read_file(entry.path()));
  }
  if (corpus.empty()) corpus.emplace_back();
  return corpus;
}

bool run(const std::string& input, const std::string& file) {
  std::ofstream(file, std::ios::binary) << input;
  const auto start = Clock::now();
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  return Clock::now() - start < kSlow;
}

class Mutator {
 public:
  Mutator(std::vector<std::string> corpus, unsigned seed)
      : corpus_(std::move(corpus)), random_(seed) {}

  std::string next() {
    std::string text = any();
    for (auto rounds = below(6) + 1; rounds > 0; --rounds) change(text);
    if (text.size() > kLongest) text.resize(kLongest);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }
  const std::string& any() { return corpus_[below(corpus_.size())]; }

  std::string piece(const std::string& text) {
    const auto start = below(text.size());
    return text.substr(start, below(text.size() - start) + 1);
  }

  void change(std::string& text) {
    static constexpr std::string_view kTokens[] = {
        "[",  "]",  "{",  "}", ": ", "- ", "\n", "'", "\"", "&a", "*a",  "<<",      "!!",
        "| ", "? ", "\\", "#", "\t", " ",  "=",  ".", ",",  "~",  "---", "rancher."};
    const auto at = below(text.size() + 1);
    switch (below(6)) {
      case 0:
        text.insert(at, kTokens[below(std::size(kTokens))]);
        break;
      case 1:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
      case 2:
        text.erase(at, below(8) + 1);
        break;
      case 3:
        text.insert(at, piece(any()));
        break;
      case 4: {
        const auto repeated = piece(text).substr(0, 16);
        for (auto times = below(64); times > 0; --times) text.insert(at, repeated);
        break;
      }
      default:
        text.resize(at);
    }
  }

  std::vector<std::string> corpus_;
  std::mt19937 random_;
};

}  // namespace

int main(int argc, char** argv) {
  std::chrono::seconds budget{5};
  unsigned seed = 1;
  std::string file = "fuzz-input";
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--seconds" && i + 1 < argc) {
      budget = std::chrono::seconds(std::atoi(argv[++i]));
    } else if (argument == "--seed" && i + 1 < argc) {
      seed = static_cast<unsigned>(std::atoi(argv[++i]));
    } else if (argument == "--input" && i + 1 < argc) {
      file = argv[++i];
    } else {
      paths.push_back(argument);
    }
  }
  const auto corpus = read_corpus(paths);
  long count = 0;
  bool fast = true;
  for (const auto& input : corpus) fast = run(input, file) && fast;
  Mutator mutator(corpus, seed);
  const auto end = Clock::now() + budget;
  for (; fast && Clock::now() < end; ++count) fast = run(mutator.next(), file);
  std::printf("%zu inputs and %ld mutations, %s '%s'\n", corpus.size(), count,
              fast ? "no crash; the last one is in" : "too slow was the one in", file.c_str());
  return fast ? 0 : 1;
}
