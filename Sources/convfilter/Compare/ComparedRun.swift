import Raster
import Reports
import Text

/// A training that is over, or has come some way, as its log and its report tell of it.
struct ComparedRun {
  /// An epoch of the log.
  struct Epoch {
    var loss: Double
    var accuracy: Double
    /// Of the images that are not learnt from; NaN where there are none.
    var heldOutLoss: Double
    var heldOutAccuracy: Double
    var seconds: Double

    init?(_ json: JSON) {
      guard let loss = json["loss"]?.number, let accuracy = json["accuracy"]?.number else {
        return nil
      }
      self.loss = loss
      self.accuracy = accuracy
      heldOutLoss = json["validation_loss"]?.number ?? .nan
      heldOutAccuracy = json["validation_accuracy"]?.number ?? .nan
      seconds = json["seconds"]?.number ?? 0
    }
  }

  /// What its files are called, without their endings.
  let name: String
  private(set) var epochs: [Epoch] = []
  /// In the order in which the report has them.
  private(set) var settings: [(name: String, text: String)] = []
  /// What the held-out images are called.
  private(set) var heldOut = "held out"
  /// The share of test images that are right; nil where nobody has looked.
  private(set) var test: Double?

  private static let endings = [
    "-report.html", "-log.jsonl", ".checkpoint.safetensors", ".safetensors",
  ]
  private static let limit = 256 << 20

  /// - Parameter file: any of the files of a training: report, log or model.
  /// - Throws: `CommandFailure` where neither report nor log tells anything.
  init(_ file: FilePath) throws {
    let (stem, ending) = Self.parts(of: file)
    name = "\(FilePath(bytes: stem))"
    if ending == nil {
      throw CommandFailure(
        "is no file of a training; name a report (-report.html), a log (-log.jsonl) or a model",
        at: "\(file)")
    }
    func contents(_ ending: String) throws -> [UInt8]? {
      let path = FilePath(bytes: stem + Array(ending.utf8))
      if path != file, try FileStatus(path) == nil { return nil }
      return try CommandFailure.at("\(path)") { try OpenFile(path).contents(limit: Self.limit) }
    }
    if let page = try contents("-report.html") { read(page) }
    if epochs.isEmpty, let log = try contents("-log.jsonl") {
      epochs = log.split(separator: UInt8(ascii: "\n")).compactMap { JSON($0).flatMap(Epoch.init) }
    }
    if epochs.isEmpty {
      throw CommandFailure(
        "neither its report nor its log tells of an epoch; the log lies beside the model as "
          + "\(FilePath(bytes: stem).shown)-log.jsonl", at: "\(file)")
    }
  }

  /// The name of a file of a run without its ending, and that; nil for another file.
  private static func parts(of file: FilePath) -> (stem: [UInt8], ending: String?) {
    let ending = endings.first { file.bytes.ends(with: $0) }
    return (ending.map { Array(file.bytes.dropLast($0.utf8.count)) } ?? file.bytes, ending)
  }

  /// The files that are read of a run, of which one is named.
  static func files(of file: FilePath) -> [FilePath] {
    let stem = parts(of: file).stem
    return [file] + ["-report.html", "-log.jsonl"].map { FilePath(bytes: stem + Array($0.utf8)) }
  }

  private mutating func read(_ page: [UInt8]) {
    guard let data = HTMLReport.data(in: page) else { return }
    epochs = (data["epochs"]?.array ?? []).compactMap(Epoch.init)
    heldOut = data["held_out"]?.string ?? heldOut
    if case .object(let members)? = data["settings"] {
      settings = members.compactMap { name, value in value.string.map { (name, $0) } }
    }
    test = data["evaluations"]?.array?.first { $0["split"]?.string == "test" }?["accuracy"]?.number
  }

  /// The best share of held-out images that an epoch had right, and that epoch, from 1.
  var best: (accuracy: Double, epoch: Int)? {
    epochs.enumerated().filter { $0.element.heldOutAccuracy.isFinite }
      .max { $0.element.heldOutAccuracy < $1.element.heldOutAccuracy }
      .map { ($0.element.heldOutAccuracy, $0.offset + 1) }
  }

  var seconds: Double { epochs.reduce(0) { $0 + $1.seconds } }

  /// What runs are sorted by.
  var result: Double { test ?? best?.accuracy ?? epochs.last?.accuracy ?? 0 }

  func setting(_ name: String) -> String { settings.first { $0.name == name }?.text ?? "" }
}

extension [UInt8] {
  fileprivate func ends(with text: String) -> Bool {
    suffix(text.utf8.count).elementsEqual(text.utf8)
  }
}
