import ConvNet
import Raster
import Reports
import Text

/// The names of the files that a training writes: all beside the model.
struct TrainingFiles {
  let model: FilePath

  var checkpoint: FilePath { model.beside(Self.ending + ".safetensors") }
  var log: FilePath { model.beside("-log.jsonl") }
  var curves: FilePath { model.beside("-curves.png") }
  var confusion: FilePath { model.beside("-confusion.png") }
  var report: FilePath { model.beside("-report.html") }
  var rates: FilePath { model.beside("-rates.png") }
  /// Hidden; there while a training runs.
  var lock: FilePath { model.sibling([UInt8(ascii: ".")] + model.stem + Array(".lock".utf8)) }

  private static let ending = ".checkpoint"

  init(model: FilePath) { self.model = model }

  /// The files of a run that goes on from a checkpoint: `m.checkpoint.safetensors` makes
  /// `m.safetensors`, a checkpoint of another name would make itself.
  init(resuming checkpoint: FilePath) {
    let ending = Array(Self.ending.utf8)
    let stem = checkpoint.stem
    let isOwn = stem.count > ending.count && stem.suffix(ending.count).elementsEqual(ending)
    model = checkpoint.sibling(
      (isOwn ? stem.dropLast(ending.count) : stem) + Array(".safetensors".utf8))
  }

  /// Refuses names at which something stands that is not this run's.
  ///
  /// - Parameters:
  ///   - resumed: the checkpoint that the run goes on from, or nil.
  ///   - isComplete: whether that run only lacks its results; those that it has written are compared
  ///     when they are written again.
  ///   - force: whether files that exist give way.
  func check(resumed: FilePath?, isComplete: Bool, force: Bool) throws {
    let goesOn = try resumed.map {
      try FileStatus($0)?.identity == FileStatus(checkpoint)?.identity
    }
    let mine = goesOn != true ? [] : isComplete ? all : [checkpoint, log, report]
    for file in all {
      // Links to nowhere and folders are refused in any case.
      let place = try CommandFailure.at("\(file)") { try OutputPlace(file) }
      if force || place.existing == nil || mine.contains(file) { continue }
      throw file == checkpoint ? interrupted : Self.taken(file)
    }
  }

  private var all: [FilePath] { [checkpoint, model, log, curves, confusion, report] }

  static func taken(_ file: FilePath) -> CommandFailure {
    CommandFailure(
      "exists already; use --force to overwrite it or --output to name another", at: "\(file)")
  }

  /// What to do about the checkpoint of a run that did not come to its end.
  private var interrupted: CommandFailure {
    guard let bytes = try? OpenFile(checkpoint).contents(limit: NetworkFile.modelLimit),
      let found = try? Checkpoint(bytes)
    else { return Self.taken(checkpoint) }
    return CommandFailure(
      "holds a training that was interrupted after \(NumberText.grouped(found.step)) of "
        + "\(NumberText.grouped(found.steps)) steps; go on with --resume "
        + "\(shellQuoted("\(checkpoint)")), or start anew with --force", at: "\(checkpoint)")
  }
}
