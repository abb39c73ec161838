import ImageCodecs
import Raster

/// Turns places into jobs, one a picture.
///
/// The files of a folder keep their place below it: `photos/a/b.png` becomes `OUTPUT/a/b.png`, or
/// `OUTPUT/photos/a/b.png` where `photos` is one of several inputs.
struct JobList {
  /// A name that yields no job, and why.
  struct Failure: Error, Equatable {
    var path: FilePath
    var reason: String
    /// The result that another picture has, too.
    var isClash = false
  }

  /// A picture before its result has a name.
  private struct Found {
    let input: FilePath
    /// Its name below the folder of the results.
    let name: FilePath
    let stamp: FileStamp?
  }

  /// Whether to go into folders within folders.
  var recursive: Bool
  /// The extension that outputs in a folder take, nil to keep theirs.
  var outputExtension: String?
  /// Whether what is given by name keeps the folders of its name in the folder of the results.
  var keepsParents = false
  /// What pictures in the folder of the results are called, nil for what their inputs are called.
  var template: NameTemplate?
  /// Which pictures are taken.
  var filter: PathFilter?
  /// Which share of them.
  var shard: Shard?

  private(set) var jobs: [Job] = []
  /// What was known of the input of each job when it was found, nil for standard input.
  private(set) var stamps: [FileStamp?] = []
  private(set) var failures: [Failure] = []
  /// Files in folders that are left out, and why.
  private(set) var passedOver: [(name: String, reason: String)] = []
  /// Pictures that the filter leaves out, and why.
  private(set) var leftOut: [(path: FilePath, reason: String)] = []
  /// Pictures that are other shards'.
  private(set) var elsewhere = 0
  /// Formats of the pictures in folders that are not read.
  private(set) var foreign: [ForeignFormat] = []
  /// The folder of the results, where it lies in a folder of inputs.
  private(set) var resultFolder: FilePath?
  /// The files that are read, and a name of each: none of them may be overwritten.
  private(set) var identities: [FileStatus.Identity: FilePath] = [:]
  private var found: [Found] = []
  /// Whether pictures come again when they have changed.
  private var repeats = false
  private var outputs: [FilePath: FilePath] = [:]

  init(recursive: Bool, outputExtension: String?) {
    self.recursive = recursive
    self.outputExtension = outputExtension
  }

  mutating func add(_ places: Places) {
    for input in places.inputs { add(input, among: places) }
    settle(places.destination)
  }

  /// Adds a picture that has come up or changed since.
  ///
  /// - Parameters:
  ///   - input: what was given, a folder or the picture itself.
  ///   - relative: the name of the picture below a folder.
  mutating func add(_ input: FilePath, changed relative: FilePath?, among places: Places) {
    repeats = true
    if let relative {
      let path = input.appending(relative.bytes)
      do {
        guard let status = try FileStatus(path), status.kind == .regular else { return }
        let name = try prefix(of: input, among: places).appending(relative.bytes)
        add(path, status, name: name, relative: relative.bytes)
      } catch {
        failures.append(Failure(path: path, reason: "\(error)"))
      }
    } else {
      // It may be gone again.
      do { if try FileStatus(input) == nil { return } } catch {}
      add(input, among: places)
    }
    settle(places.destination)
  }

  /// What has been added since the last time.
  mutating func removeAll() -> JobList {
    let all = self
    (jobs, stamps, failures, passedOver, leftOut, foreign) = ([], [], [], [], [], [])
    elsewhere = 0
    return all
  }

  private mutating func add(_ input: FilePath, among places: Places) {
    if input == Places.dash {
      jobs.append(Job(input: .standardInput, output: output(places.destination, name: nil)))
      stamps.append(nil)
      return
    }
    do {
      guard let status = try FileStatus(input) else {
        throw input.isLink ? FileError.danglingLink : .missing
      }
      if status.kind == .folder {
        try addFolder(input, among: places)
      } else {
        let name = keepsParents ? try input.belowFolder() : FilePath(bytes: input.lastComponent)
        add(input, status, name: name, relative: input.bytes)
      }
    } catch {
      failures.append(Failure(path: input, reason: "\(error)"))
    }
  }

  private mutating func addFolder(
    _ folder: FilePath, among places: Places
  ) throws(FileError) {
    if case .file = places.destination { preconditionFailure("a folder goes into a folder") }
    let prefix = try prefix(of: folder, among: places)
    var walk = FolderWalk(recursive: recursive)
    walk.filter = filter
    if case .folder(let target) = places.destination {
      walk.excluded = (try? FileStatus(target))?.identity
    }
    let findings = walk.findings(in: folder)
    failures += findings.failures.map { Failure(path: $0, reason: "\($1)") }
    passedOver += findings.special.map {
      ("\(folder.appending($0.bytes))", "is no regular file")
    }
    passedOver += findings.foreign.map {
      ("\(folder.appending($0.name.bytes))", "\($0.format.name) is not read here")
    }
    leftOut += findings.leftOut.map { (folder.appending($0.name.bytes), $0.reason) }
    foreign += findings.foreign.map(\.format)
    resultFolder = findings.excluded ?? resultFolder
    for relative in findings.pictures {
      let path = folder.appending(relative.bytes)
      add(path, try? FileStatus(path), name: prefix.appending(relative.bytes), relative: nil)
    }
  }

  /// The folders that the pictures of a folder keep before their names in it.
  private func prefix(of folder: FilePath, among places: Places) throws(FileError) -> FilePath {
    if keepsParents { return try folder.belowFolder() }
    let name = folder.lastComponent
    let keepsName = places.inputs.count > 1 && name != Array(".".utf8) && name != Array("..".utf8)
    return FilePath(bytes: keepsName ? name : [])
  }

  /// - Parameter relative: the name for the filter, nil where it has been asked.
  private mutating func add(
    _ input: FilePath, _ status: FileStatus?, name: FilePath, relative: [UInt8]?
  ) {
    // In an archive it chooses among the members.
    if let filter, let relative, !input.isArchive, let reason = filter.refusal(of: relative) {
      leftOut.append((input, reason))
      return
    }
    if let status { identities[status.identity] = input }
    found.append(Found(input: input, name: name, stamp: status.map(FileStamp.init)))
  }

  /// Gives the results of what was found their names.
  private mutating func settle(_ destination: Places.Destination) {
    for (index, picture) in found.enumerated() {
      var name = picture.name
      if case .folder = destination {
        if let outputExtension, !picture.input.isArchive {
          name = name.withExtension(outputExtension)
        }
        if let template {
          name = template.name(for: name, number: index + 1, of: found.count)
        }
      }
      add(picture, output(destination, name: name))
    }
    found = []
  }

  private mutating func add(_ picture: Found, _ output: Job.Output) {
    let input = picture.input
    var output = output
    if case .inPlace = output {
      // A link stays a link: what it leads to is replaced.
      output = .inPlace(input.resolved ?? input)
    }
    if let path = output.path {
      if let other = outputs.updateValue(input, forKey: path), !mayRepeat(other, as: input) {
        let isTwice = other == input || output == .inPlace(path)
        failures.append(
          Failure(
            path: input,
            reason: isTwice
              ? "is given twice; name it once"
              : "would be written to \(path), as \(other) is; "
                + (template == nil ? "write into another folder" : "use more fields in --name"),
            isClash: !isTwice))
        outputs[path] = other
        return
      }
    }
    if let shard, !shard.takes(picture.name) {
      elsewhere += 1
      return
    }
    jobs.append(Job(input: .file(input), output: output))
    stamps.append(picture.stamp)
  }

  /// Whether a result may be written once more: its picture has changed, or another has taken its place.
  private func mayRepeat(_ other: FilePath, as input: FilePath) -> Bool {
    guard repeats, other != input else { return repeats }
    do { return try FileStatus(other) == nil } catch { return false }
  }

  private func output(_ destination: Places.Destination, name: FilePath?) -> Job.Output {
    switch destination {
    case .standardOutput: return .standardOutput
    case .file(let path): return .file(path, makesFolders: false)
    case .inPlace: return .inPlace(name ?? FilePath(""))
    case .folder(let folder):
      guard let name else { preconditionFailure("standard input goes to a file") }
      return .file(folder.appending(name.bytes), makesFolders: true)
    }
  }
}

extension JobList {
  /// `3 files in formats that are not read here (WebP, TIFF): convert them first`, or nil.
  var foreignNote: String? {
    if foreign.isEmpty { return nil }
    let names = ForeignFormat.allCases.filter(foreign.contains).map(\.name)
    let files = foreign.count == 1 ? "1 file in a format" : "\(foreign.count) files in formats"
    let all = names.joined(separator: ", ")
    return "\(files) not read here (\(all)): convert \(foreign.count == 1 ? "it" : "them") first"
  }
}

extension FilePath {
  /// The name as it is kept below another folder: without a root and without `.`.
  ///
  /// - Throws: `FileError.leavesFolder` for a name with `..` in it.
  fileprivate func belowFolder() throws(FileError) -> FilePath {
    let parts = bytes.split(separator: UInt8(ascii: "/")).filter { $0 != [UInt8(ascii: ".")] }
    if parts.contains([UInt8(ascii: "."), UInt8(ascii: ".")]) { throw .leavesFolder }
    return FilePath(bytes: Array(parts.joined(separator: [UInt8(ascii: "/")])))
  }
}
