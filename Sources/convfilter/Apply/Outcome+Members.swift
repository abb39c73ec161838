import Reports
import Text

extension Outcome {
  /// What became of the members of tar archives.
  struct Members: Sendable {
    /// Pictures that were filtered.
    var filtered = 0
    /// Members that are no pictures to filter, and are as they were.
    var others = 0
    /// Pictures that could not be filtered.
    var failed = 0
    /// Of those: what was wrong. Empty in sums over several archives.
    var failures: [Failure] = []

    var all: Int { filtered + others + failed }

    mutating func count(_ more: Members) {
      filtered += more.filtered
      others += more.others
      failed += more.failed
    }

    /// `12 pictures, 24 other members, 1 picture failed`.
    var text: String {
      "\(filtered) picture\(filtered == 1 ? "" : "s"), \(others) other member\(others == 1 ? "" : "s")"
        + (failed > 0 ? ", \(failed) picture\(failed == 1 ? "" : "s") failed" : "")
    }

    var json: JSON {
      var members: [(String, JSON)] = [
        ("filtered", .integer(filtered)), ("others", .integer(others)),
        ("failed", .integer(failed)),
      ]
      if !failures.isEmpty {
        members.append(
          ("errors", .array(failures.map { .string("\($0.place): \($0.message)") })))
      }
      return .object(members)
    }
  }
}
