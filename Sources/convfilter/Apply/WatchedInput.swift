import Libc
import Raster

#if canImport(Glibc)
  import CLinux
#endif

/// What is watched: a folder, or one picture in its folder.
struct WatchedInput {
  /// As it was given.
  let input: FilePath
  /// The folder to watch.
  let folder: FilePath
  /// The only name of interest in it, nil for all pictures.
  let name: [UInt8]?
  let walk: FolderWalk

  /// Which folder has the name at the moment, nil for none.
  var identity: FileStatus.Identity? {
    guard let status = try? FileStatus(folder), status.kind == .folder else { return nil }
    return status.identity
  }

  /// The name below what was given, where a name in the folder is a picture of interest.
  ///
  /// - Parameter relative: the name below the folder.
  func change(_ relative: FilePath) -> WatchedChange? {
    let last = relative.lastComponent
    if let name {
      return relative.bytes == name ? .picture(input: input, relative: nil) : nil
    }
    if last.first == UInt8(ascii: ".") || !relative.isPictureName { return nil }
    return .picture(input: input, relative: relative)
  }

  /// - Throws: `CommandFailure` where something cannot be watched.
  static func changes(
    of places: Places, isRecursive: Bool, _ filter: PathFilter?
  ) throws(CommandFailure) -> any PictureChanges {
    var inputs: [WatchedInput] = []
    for path in places.inputs {
      var walk = FolderWalk(recursive: isRecursive)
      walk.filter = filter
      if let target = places.folder { walk.excluded = (try? FileStatus(target))?.identity }
      let status = try? FileStatus(path)
      let isFolder = status?.kind == .folder
      // A picture may come up later; what else has the name would not be seen.
      if status == nil, !path.isPictureName {
        throw CommandFailure("there is no such folder to watch; make it first", at: "\(path)")
      }
      inputs.append(
        WatchedInput(
          input: path, folder: isFolder ? path : path.parent,
          name: isFolder ? nil : path.lastComponent, walk: walk))
    }
    #if canImport(Glibc)
      // The variable is there for the tests.
      if Terminal.variable("CONVFILTER_WATCH") != "poll",
        let changes = try NotedChanges(inputs)
      {
        return changes
      }
    #endif
    return PolledChanges(inputs)
  }
}

extension WatchedInput {
  /// Whether somebody has a file open for writing, or, where the system does not tell, has changed it in
  /// this second or the last.
  static func isBeingWritten(_ path: FilePath) -> Bool {
    #if canImport(Glibc)
      let file = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
      if file >= 0 {
        defer { close(file) }
        let answer = is_open_for_writing(file)
        if answer >= 0 { return answer == 1 }
      }
    #endif
    guard let status = try? FileStatus(path) else { return false }
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return (0...1).contains(Int(now.tv_sec) - Int(status.times[1].tv_sec))
  }
}
