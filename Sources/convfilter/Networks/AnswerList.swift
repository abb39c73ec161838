import ConvNet
import Raster
import Text

/// What a model said of every image of a part of a data set.
struct AnswerList {
  /// `test`.
  let split: String
  /// The files of the images; empty where they are from none.
  let files: [FilePath]
  let classNames: [String]
  let answers: [Answer]

  enum Form: String {
    case csv, json, jsonl

    init?(_ file: FilePath) { self.init(rawValue: file.fileExtension.lowercased()) }
  }

  /// The file, whole: CSV with a line of titles, a JSON array, or a JSON object a line.
  static func bytes(_ lists: [AnswerList], _ form: Form) -> [UInt8] {
    switch form {
    case .csv:
      let titles = CSV.line([
        "split", "file", "truth", "answer", "probability", "truth_probability", "right",
      ])
      return Array((titles + lists.map(\.csv).joined()).utf8)
    case .json:
      let objects = lists.flatMap(\.json).joined(separator: ",\n")
      return Array(("[\n" + objects + "\n]\n").utf8)
    case .jsonl: return Array(lists.flatMap(\.json).map { $0 + "\n" }.joined().utf8)
    }
  }

  /// Images that are from no files have numbers.
  private func name(_ answer: Answer) -> String {
    files.isEmpty ? "\(answer.example)" : "\(files[answer.example])"
  }

  private var csv: String {
    answers.map { answer in
      CSV.line([
        split, name(answer), classNames[answer.truth], classNames[answer.guess],
        "\(answer.probability)", "\(answer.truthProbability)",
        answer.truth == answer.guess ? "yes" : "no",
      ])
    }.joined()
  }

  /// An object a line.
  private var json: [String] {
    answers.map { answer in
      JSON.object([
        ("split", .string(split)), ("file", .string(name(answer))),
        ("truth", .string(classNames[answer.truth])),
        ("answer", .string(classNames[answer.guess])),
        ("probability", .number(Double(answer.probability))),
        ("truth_probability", .number(Double(answer.truthProbability))),
        ("right", .bool(answer.truth == answer.guess)),
      ]).line
    }
  }
}
