import Raster
import Reports

/// What became of one picture.
struct Outcome: Sendable {
  enum Status: Sendable, Equatable {
    case written
    /// The output exists and is kept.
    case skipped
    /// What a dry run would have written.
    case planned
    case failed(Failure)
  }

  /// What happened, where, and what to do about it.
  struct Failure: Error, Sendable, Equatable {
    var place: String
    var message: String
  }

  /// A picture file, for the report.
  struct Side: Sendable, Equatable {
    var format: PictureFormat
    /// `png`, `jpeg`, …
    var kind: String
  }

  /// Names of the input and of the output, as they are shown; the latter nil where it is unknown.
  var input: String
  var output: String?
  var status: Status
  var warnings: [String] = []
  var source: Side?
  var result: Side?
  /// Wall time, in seconds.
  var seconds: Double = 0
}

extension Outcome.Status {
  var name: String {
    switch self {
    case .written: "written"
    case .skipped: "skipped"
    case .planned: "planned"
    case .failed: "failed"
    }
  }
}

extension Outcome {
  /// One line of `--json`.
  var json: String {
    var members: [(String, JSON)] = [("input", .string(input))]
    if let output { members.append(("output", .string(output))) }
    members.append(("status", .string(status.name)))
    members += Self.members(source, ["format", "width", "height", "channels", "depth"])
    members += Self.members(
      result, ["outputFormat", "outputWidth", "outputHeight", "outputChannels", "outputDepth"])
    // To the microsecond: more digits say nothing.
    members.append(("milliseconds", .number((seconds * 1e6).rounded() / 1000)))
    members.append(("warnings", .array(warnings.map { .string($0) })))
    if case .failed(let failure) = status {
      members.append(("error", .string("\(failure.place): \(failure.message)")))
    }
    return JSON.object(members).line + "\n"
  }

  private static func members(_ side: Side?, _ keys: [String]) -> [(String, JSON)] {
    guard let side else { return [] }
    let values: [JSON] = [
      .string(side.kind), .integer(side.format.width), .integer(side.format.height),
      .integer(side.format.color.channels), .integer(side.format.sample.byteCount * 8),
    ]
    return Array(zip(keys, values))
  }
}
