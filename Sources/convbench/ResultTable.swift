import Foundation
import KernelLanguage
import Text

/// One job: our time, the rivals' times, and what was compared.
struct ResultRow {
  var group: String
  var name: String
  /// Seconds.
  var ours: Double
  /// Seconds, in the order of the table's rivals; nil where one cannot do the job.
  var rivals: [Double?]
  /// The ratios that are asked for, in the order of the table's rivals.
  var targets: [Double?] = []
  var note = ""
  var how = ""

  /// A line for the terminal.
  var line: String {
    let ratios = rivals.map { $0.map { fixed($0 / ours, 2) + "×" } ?? "–" }
    return "\(group): \(name): \(fixed(ours * 1e3, 1)) ms, \(ratios.joined(separator: " "))"
  }
}

/// Rows of measurements, written as Markdown and as JSON.
struct ResultTable {
  var title: String
  var rivals: [String]
  /// What a thousandth of a value is: milliseconds of seconds, MiB of GiB in thousands.
  var unit: String
  private(set) var rows: [ResultRow] = []

  init(title: String, rivals: [String], unit: String = "ms") {
    self.unit = unit
    self.title = title
    self.rivals = rivals
  }

  mutating func add(_ row: ResultRow) { rows.append(row) }

  /// Figures and ratios (rival / ours), a table a group.
  var markdown: String {
    var text = "## \(title)\n\n\(Machine.description)\n"
    for name in groups {
      text += "\n### \(name)\n\n"
      let heads = rivals.flatMap { ["\($0), \(unit)", "ratio"] }
      text += "| job | convfilter, \(unit) | \(heads.joined(separator: " | ")) | target |\n"
      text += "|---|" + String(repeating: "---:|", count: heads.count + 2) + "\n"
      for row in rows where row.group == name {
        let cells = row.rivals.flatMap { seconds -> [String] in
          guard let seconds else { return ["–", "–"] }
          return [milliseconds(seconds), fixed(seconds / row.ours, 2)]
        }
        let target = zip(rivals, row.targets).compactMap { name, target in
          target.map { "\(name) \(fixed($0, 1))" }
        }.joined(separator: ", ")
        text +=
          "| \(row.name) | \(milliseconds(row.ours)) | \(cells.joined(separator: " | "))"
          + " | \(target) |\n"
      }
    }
    return text
  }

  /// In the order of their first rows.
  private var groups: [String] {
    rows.reduce(into: []) { names, row in
      if !names.contains(row.group) { names.append(row.group) }
    }
  }

  var json: String {
    let items = rows.map { row in
      let times = zip(rivals, row.rivals).compactMap { name, seconds in
        seconds.map { "\(JSON.string(name).line):\($0)" }
      }
      let asked = zip(rivals, row.targets).compactMap { name, ratio in
        ratio.map { "\(JSON.string(name).line):\($0)" }
      }
      return
        "{\"group\":\(JSON.string(row.group).line),\"name\":\(JSON.string(row.name).line),\"ours\":\(row.ours),"
        + "\"rivals\":{\(times.joined(separator: ","))},"
        + "\"targets\":{\(asked.joined(separator: ","))},"
        + "\"note\":\(JSON.string(row.note).line),\"how\":\(JSON.string(row.how).line)}"
    }
    return
      "{\"title\":\(JSON.string(title).line),\"machine\":\(JSON.string(Machine.description).line),\"rows\":[\n"
      + items.joined(separator: ",\n") + "\n]}\n"
  }

  func write(to folder: String, name: String) throws {
    try Data(markdown.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).md"))
    try Data(json.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).json"))
  }

  private func milliseconds(_ seconds: Double) -> String {
    fixed(seconds * 1e3, seconds < 0.1 ? 1 : 0)
  }
}

/// Where the figures were made.
enum Machine {
  static var description: String {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = info.split(separator: "\n").first { $0.hasPrefix("model name") }?
      .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    return "\(model ?? "unknown processor"), \(ProcessInfo.processInfo.activeProcessorCount) cores"
  }
}
