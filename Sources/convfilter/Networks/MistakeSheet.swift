import ConvNet
import Raster
import Reports
import Text

/// The mistakes that a model was surest of, as pictures.
struct MistakeSheet {
  private let model: Model
  private let title: String
  private var found: [(probability: Float, tile: ContactSheet.Tile)] = []

  static let most = 36
  /// The longest side of a picture on the sheet, in pixels.
  private static let side = 160

  init(_ model: Model, title: String) {
    self.model = model
    self.title = title
  }

  /// Adds the mistakes of a part of the data.
  ///
  /// - Parameters:
  ///   - mistakes: the surest first.
  ///   - files: of the images; empty where they are from none.
  /// - Throws: `DatasetError`.
  mutating func add(
    _ mistakes: [Answer], of examples: ImageExamples, files: [FilePath]
  ) throws {
    for answer in mistakes.prefix(Self.most) {
      var caption = Self.caption(answer, model.classNames)
      if !files.isEmpty {
        caption += " " + "\(FilePath(bytes: files[answer.example].lastComponent))".visible
      }
      let values = try examples.example(answer.example, epoch: nil)
      found.append(
        (
          answer.probability,
          ContactSheet.Tile(
            example: values, shape: examples.shape, model.normalization, caption: caption)
        ))
    }
    found.sort { $0.probability > $1.probability }
    found = Array(found.prefix(Self.most))
  }

  /// `dog 98.1 %, is cat`.
  static func caption(_ answer: Answer, _ classNames: [String]) -> String {
    "\(classNames[answer.guess].visible) \(NumberText.percent(Double(answer.probability))), "
      + "is \(classNames[answer.truth].visible)"
  }

  /// nil where there are no mistakes.
  func picture() -> Picture? {
    if found.isEmpty { return nil }
    return ContactSheet(
      title: title, tiles: found.map(\.tile), columns: ContactSheet.columns(found.count),
      side: Self.side
    ).picture()
  }
}
