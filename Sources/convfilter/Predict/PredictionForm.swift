import ConvNet
import Raster
import Reports
import Text

/// How answers are written: a line a picture for people, JSON, or a table.
struct PredictionForm {
  let csv: Bool
  let json: Bool
  /// Classes to tell of each picture.
  let top: Int
  /// Below it a picture is unknown; nil for never.
  let threshold: Float?
  /// Of the longest name, in characters.
  let width: Int

  /// What stands before the answers.
  var head: String { csv ? CSV.line(["file", "class", "probability"]) : "" }

  func isUnknown(_ guesses: [Predictor.Guess]) -> Bool {
    threshold.map { guesses[0].probability < $0 } ?? false
  }

  func text(_ file: FilePath, _ guesses: [Predictor.Guess]) -> String {
    if json { return jsonLine(file, guesses) }
    if csv { return table(file, guesses) }
    return line(file, guesses)
  }

  private func line(_ file: FilePath, _ guesses: [Predictor.Guess]) -> String {
    let name = "\(file)"
    return name + String(repeating: " ", count: max(0, width - name.count) + 2)
      + (isUnknown(guesses) ? "unknown  " : "")
      + guesses.map { "\($0.name.visible) \(NumberText.percent(Double($0.probability)))" }
      .joined(separator: "  ") + "\n"
  }

  private func table(_ file: FilePath, _ guesses: [Predictor.Guess]) -> String {
    let unknown =
      isUnknown(guesses) ? CSV.line(["\(file)", "unknown", "\(guesses[0].probability)"]) : ""
    if !unknown.isEmpty, top == 1 { return unknown }
    return unknown
      + guesses.map { CSV.line(["\(file)", $0.name, "\($0.probability)"]) }.joined()
  }

  private func jsonLine(_ file: FilePath, _ guesses: [Predictor.Guess]) -> String {
    var members = JSON.members("file", file)
    if threshold != nil { members.append(("unknown", .bool(isUnknown(guesses)))) }
    members.append(
      (
        "guesses",
        .array(
          guesses.map {
            ["class": .string($0.name), "probability": .number(Double($0.probability))]
          })
      ))
    return JSON.object(members).line + "\n"
  }
}
