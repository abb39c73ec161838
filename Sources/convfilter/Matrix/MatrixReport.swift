import KernelLanguage
import Matrices
import Reports
import Text

/// A filtered matrix and how it came about, as text.
struct MatrixReport {
  let stages: [Stage]
  let inputPlanes: Int
  var planes: [NumberGrid] = []
  /// Empty unless the arithmetic was asked for.
  var windows: [WindowArithmetic] = []

  /// The arithmetic of every window, an empty line, and the result in columns.
  func text() -> String {
    explanation()
      + planes.map { NumberColumns.lines(NumberColumns.exact($0.values), width: $0.width) }
      .joined(separator: "\n")
  }

  /// Rows with commas, an empty line between planes.
  func csv() -> String {
    planes.map { grid in
      (0..<grid.height).map { y in
        NumberColumns.exact(Array(grid.row(y))).joined(separator: ",") + "\n"
      }.joined()
    }.joined(separator: "\n")
  }

  /// One object on a line.
  func json() -> String {
    let values = planes.map { JSON.rows($0.values, width: $0.width) }
    var members: [(String, JSON)] = [
      ("width", .integer(planes[0].width)), ("height", .integer(planes[0].height)),
      planes.count == 1 ? ("values", values[0]) : ("planes", .array(values)),
    ]
    if !windows.isEmpty {
      let windows = windows.map { window in
        JSON.object([
          ("stage", .integer(window.stage + 1)), ("plane", .integer(window.plane + 1)),
          ("row", .integer(window.y + 1)), ("column", .integer(window.x + 1)),
          ("arithmetic", .string(MatrixExplanation.arithmetic(window))),
          ("result", .plain(window.result)),
        ])
      }
      members.append(("windows", .array(windows)))
    }
    return JSON.object(members).line + "\n"
  }

  private func explanation() -> String {
    if windows.isEmpty { return "" }
    var text = ""
    var stage: Int?
    for window in windows {
      if window.stage != stage, stages.count > 1 {
        text += (stage == nil ? "" : "\n") + stages[window.stage].name + "\n"
      }
      stage = window.stage
      text += MatrixExplanation.text(window, planes: inputPlanes) + "\n"
    }
    return text + "\n"
  }
}
