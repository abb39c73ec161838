import ImageCodecs
import KernelLanguage
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One picture to filter: where it comes from and where it goes.
struct Job: Hashable, Sendable {
  enum Input: Hashable, Sendable {
    case standardInput
    case file(FilePath)
  }

  enum Output: Hashable, Sendable {
    case standardOutput
    /// `makesFolders`: whether the folders that lead to it are made.
    case file(FilePath, makesFolders: Bool)
    /// The input itself, links followed.
    case inPlace(FilePath)
  }

  var input: Input
  var output: Output
}

extension Job.Input: CustomStringConvertible {
  /// The name of the file, nil for standard input.
  var path: FilePath? { if case .file(let path) = self { path } else { nil } }

  var description: String {
    switch self {
    case .standardInput: "standard input"
    case .file(let path): path.description
    }
  }
}

extension Job.Output: CustomStringConvertible {
  var description: String {
    switch self {
    case .standardOutput: "standard output"
    case .file(let path, _): path.description
    case .inPlace(let path): path.description
    }
  }
}

/// Turns places into jobs, one a picture.
///
/// The files of a folder keep their place below it: `photos/a/b.png` becomes `OUTPUT/a/b.png`, or
/// `OUTPUT/photos/a/b.png` where `photos` is one of several inputs.
struct Expansion {
  /// A name that yields no job, and why.
  struct Failure: Error, Equatable {
    var path: FilePath
    var reason: String
  }

  /// Whether to go into folders within folders.
  var recursive: Bool
  /// The extension that outputs in a folder take, nil to keep theirs.
  var outputExtension: String?
  /// Whether files given by name keep the folders of their names in the folder of the results.
  var keepsParents: Bool

  private(set) var jobs: [Job] = []
  private(set) var failures: [Failure] = []
  /// Files in folders that are left out, and why.
  private(set) var passedOver: [(name: String, reason: String)] = []
  /// Formats of the pictures in folders that are not read.
  private(set) var foreign: [ForeignFormat] = []
  /// The folder of the results, where it lies in a folder of inputs.
  private(set) var resultFolder: FilePath?
  /// The files that are read: none of them may be overwritten.
  private(set) var identities: Set<FileStatus.Identity> = []
  private var outputs: [FilePath: FilePath] = [:]

  init(recursive: Bool, outputExtension: String?, keepsParents: Bool = false) {
    self.recursive = recursive
    self.outputExtension = outputExtension
    self.keepsParents = keepsParents
  }

  mutating func add(_ places: Places) {
    for input in places.inputs { add(input, among: places) }
  }

  private mutating func add(_ input: FilePath, among places: Places) {
    if input == Places.dash {
      jobs.append(Job(input: .standardInput, output: output(places.destination, name: nil)))
      return
    }
    do {
      guard let status = try FileStatus(input) else {
        throw input.isLink ? FileError.danglingLink : .missing
      }
      if status.kind == .folder {
        addFolder(input, among: places)
      } else {
        identities.insert(status.identity)
        let name = keepsParents ? try input.belowFolder() : FilePath(bytes: input.lastComponent)
        add(input, name: name, to: places.destination)
      }
    } catch {
      failures.append(Failure(path: input, reason: "\(error)"))
    }
  }

  private mutating func addFolder(_ folder: FilePath, among places: Places) {
    if case .file = places.destination { preconditionFailure("a folder goes into a folder") }
    var walk = FolderWalk(recursive: recursive)
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
    foreign += findings.foreign.map(\.format)
    resultFolder = findings.excluded ?? resultFolder
    let name = folder.lastComponent
    let keepsName = places.inputs.count > 1 && name != Array(".".utf8) && name != Array("..".utf8)
    for relative in findings.pictures {
      let path = folder.appending(relative.bytes)
      if let status = try? FileStatus(path) { identities.insert(status.identity) }
      add(
        path, name: keepsName ? FilePath(bytes: name).appending(relative.bytes) : relative,
        to: places.destination)
    }
  }

  private mutating func add(_ input: FilePath, name: FilePath, to destination: Places.Destination) {
    var output = output(destination, name: name)
    if case .inPlace = output {
      // A link stays a link: what it leads to is replaced.
      output = .inPlace(input.resolved ?? input)
    }
    if let path = output.path {
      if let other = outputs.updateValue(input, forKey: path) {
        failures.append(
          Failure(
            path: input,
            reason: other == input || output == .inPlace(path)
              ? "is given twice; name it once"
              : "would be written to \(path), as \(other) is; write into another folder"))
        outputs[path] = other
        return
      }
    }
    jobs.append(Job(input: .file(input), output: output))
  }

  private func output(_ destination: Places.Destination, name: FilePath?) -> Job.Output {
    switch destination {
    case .standardOutput: return .standardOutput
    case .file(let path): return .file(path, makesFolders: false)
    case .inPlace: return .inPlace(name ?? FilePath(""))
    case .folder(let folder):
      guard var name else { preconditionFailure("standard input goes to a file") }
      if let outputExtension { name = name.withExtension(outputExtension) }
      return .file(folder.appending(name.bytes), makesFolders: true)
    }
  }
}

extension Job.Output {
  /// The name of the file, nil for standard output.
  var path: FilePath? {
    switch self {
    case .standardOutput: nil
    case .file(let path, _): path
    case .inPlace(let path): path
    }
  }
}

extension Expansion {
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
