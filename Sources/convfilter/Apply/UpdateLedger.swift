import Raster
import Synchronization

/// What `--update` knows of the results of earlier runs, and notes of this one.
///
/// The record lies in `.convfilter-update`: in the folder for the results, or, where there is none
/// (one file, `--in-place`), in the folder of each result.
final class UpdateLedger: Sendable {
  private let fingerprint: Fingerprint
  private let folder: FilePath?
  /// The name of the record: each shard has its own, for they run at the same time.
  private let name: String
  private let ignoresOld: Bool
  private let isDryRun: Bool
  private let records = Mutex<[FilePath: UpdateFile]>([:])

  /// - Parameters:
  ///   - folder: the folder for the results, where there is one.
  ///   - shard: whose results they are, where several share them.
  ///   - ignoresOld: whether what was done before is done again.
  init(
    _ settings: PictureFilter.Settings, folder: FilePath?, shard: Shard? = nil, ignoresOld: Bool
  ) {
    name = ".convfilter-update" + (shard.map { "-\($0.index + 1)-of-\($0.count)" } ?? "")
    fingerprint = settings.fingerprint
    self.folder = folder
    self.ignoresOld = ignoresOld
    isDryRun = settings.isDryRun
  }

  /// Why a picture need not be filtered, or nil. The picture is not opened.
  ///
  /// - Parameter stamp: of the picture, nil where it is not known.
  /// - Throws: `CommandFailure` where the record cannot be read.
  func skip(_ job: Job, _ stamp: FileStamp?) throws(CommandFailure) -> Outcome.Skip? {
    guard let path = job.output.path, let stamp else { return nil }
    let (root, name) = place(of: path)
    return try records.withLock { (files) throws(CommandFailure) -> Outcome.Skip? in
      let file = try CommandFailure.at("\(root.appending(self.name))") {
        try opened(root, isDryRun, &files)
      }
      let isInPlace = if case .inPlace = job.output { true } else { false }
      if !isInPlace, file.isResult(stamp) { return .result }
      if ignoresOld { return nil }
      guard let record = file.records[name] else { return nil }
      if isInPlace {
        return record.holds(fingerprint, input: nil, output: stamp) ? .upToDate : nil
      }
      guard let status = try? FileStatus(path) else { return nil }
      let isHeld = record.holds(fingerprint, input: stamp, output: FileStamp(status))
      return isHeld ? .upToDate : nil
    }
  }

  /// Notes a result that is whole but has no name yet: should the program end before it gets one,
  /// the note holds for no file.
  func note(_ job: Job, input: FileStamp, output: FileStamp) throws(FileError) {
    guard let path = job.output.path else { return }
    let (root, name) = place(of: path)
    let isInPlace = if case .inPlace = job.output { true } else { false }
    let record = UpdateRecord(fingerprint: fingerprint, input: input, output: output)
    try records.withLock { (files) throws(FileError) in
      let file = try opened(root, false, &files)
      // What was filtered in place must not be filtered again, whatever happens.
      try file.append(record, name, durable: isInPlace)
    }
  }

  /// Shortens records that have grown long with what no longer holds.
  func finish() {
    records.withLock { files in for file in files.values { file.shorten() } }
  }

  private func place(of path: FilePath) -> (root: FilePath, name: FilePath) {
    guard let folder else { return (path.parent, FilePath(bytes: path.lastComponent)) }
    return (folder, FilePath(bytes: Array(path.bytes.dropFirst(folder.appending("").bytes.count))))
  }

  private func opened(
    _ root: FilePath, _ isDryRun: Bool, _ files: inout [FilePath: UpdateFile]
  ) throws(FileError) -> UpdateFile {
    if let file = files[root] { return file }
    let file = try UpdateFile(root.appending(name), isRead: isDryRun)
    files[root] = file
    return file
  }
}
