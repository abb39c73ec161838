import ConvNet
import Raster
import Reports
import Text

/// The names of the files that a training writes: all beside the model.
struct TrainingFiles {
  let model: FilePath

  var checkpoint: FilePath { model.beside(Self.ending + ".safetensors") }
  /// The state after the last epoch: a model, too, and more epochs go on from it.
  var last: FilePath { model.beside(Self.lastEnding + ".safetensors") }
  var log: FilePath { model.beside("-log.jsonl") }
  var curves: FilePath { model.beside("-curves.png") }
  var confusion: FilePath { model.beside("-confusion.png") }
  var report: FilePath { model.beside("-report.html") }
  var rates: FilePath { model.beside("-rates.png") }
  /// Hidden; there while a training runs.
  var lock: FilePath { model.sibling([UInt8(ascii: ".")] + model.stem + Array(".lock".utf8)) }

  private static let ending = ".checkpoint"
  private static let lastEnding = "-last"

  init(model: FilePath) { self.model = model }

  /// The files of a run that goes on from a checkpoint: `m.checkpoint.safetensors` and
  /// `m-last.safetensors` make `m.safetensors`, a checkpoint of another name would make itself.
  init(resuming checkpoint: FilePath) {
    let stem = checkpoint.stem
    let ending = [Self.ending, Self.lastEnding].map { Array($0.utf8) }
      .first { stem.count > $0.count && stem.suffix($0.count).elementsEqual($0) }
    model = checkpoint.sibling(
      stem.dropLast(ending?.count ?? 0) + Array(".safetensors".utf8))
  }

  /// Refuses names at which something stands that is not this run's.
  ///
  /// - Parameters:
  ///   - resumed: the checkpoint that the run goes on from, or nil.
  ///   - isComplete: whether that run only lacks its results; those that it has written are compared
  ///     when they are written again.
  ///   - force: whether files that exist give way.
  ///   - inputs: what the command reads, which never gives way; asked for where something is there.
  func check(
    resumed: FilePath?, isComplete: Bool, force: Bool, inputs: () -> InputFiles
  ) throws {
    func isResumed(_ file: FilePath) throws -> Bool {
      try resumed.map { try FileStatus($0)?.identity == FileStatus(file)?.identity } ?? false
    }
    let mine =
      try isResumed(checkpoint)
      ? (isComplete ? results : [checkpoint, log, report])
      : isResumed(last) ? [last, log, report] : []
    var known: InputFiles?
    for file in all {
      // Links to nowhere and folders are refused in any case.
      let place = try CommandFailure.at("\(file)") { () throws(FileError) in
        let place = try OutputPlace(file)
        if let existing = place.existing {
          let files = known ?? inputs()
          known = files
          try files.check(existing)
        }
        return place
      }
      if force || place.existing == nil || mine.contains(file) { continue }
      throw file == checkpoint ? interrupted : Self.taken(file)
    }
  }

  private var all: [FilePath] { results + [last] }

  /// What a run that has come to its end writes beside its last state.
  private var results: [FilePath] { [checkpoint, model, log, curves, confusion, report] }

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
