import ImageCodecs
import KernelLanguage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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

  private(set) var jobs: [Job] = []
  private(set) var failures: [Failure] = []
  /// The files that are read: none of them may be overwritten.
  private(set) var identities: Set<FileStatus.Identity> = []
  private var outputs: [FilePath: FilePath] = [:]

  init(recursive: Bool, outputExtension: String?) {
    self.recursive = recursive
    self.outputExtension = outputExtension
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
      guard let status = try FileStatus(input) else { throw FileError.missing }
      if status.kind == .folder {
        addFolder(input, among: places)
      } else {
        identities.insert(status.identity)
        add(input, name: FilePath(bytes: input.lastComponent), to: places.destination)
      }
    } catch {
      failures.append(Failure(path: input, reason: "\(error)"))
    }
  }

  private mutating func addFolder(_ folder: FilePath, among places: Places) {
    if case .file = places.destination { preconditionFailure("a folder goes into a folder") }
    var walk = FolderWalk(recursive: recursive, extensions: FileFormat.allFileExtensions)
    if case .folder(let target) = places.destination {
      walk.excluded = (try? FileStatus(target))?.identity
    }
    let (found, unreadable) = walk.pictures(in: folder)
    for (path, error) in unreadable { failures.append(Failure(path: path, reason: "\(error)")) }
    let name = folder.lastComponent
    let keepsName = places.inputs.count > 1 && name != Array(".".utf8) && name != Array("..".utf8)
    for relative in found {
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

extension FilePath {
  /// The name of the same file without links, nil where there is none.
  var resolved: FilePath? {
    withCString { name in
      guard let real = realpath(name, nil) else { return nil }
      defer { free(real) }
      return FilePath(bytes: Array(UnsafeRawBufferPointer(start: real, count: strlen(real))))
    }
  }
}
