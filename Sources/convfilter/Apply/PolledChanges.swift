import Libc
import Raster

/// Looks for changes every second; a picture is taken for whole once it stays as it is for one.
struct PolledChanges: PictureChanges {
  private let inputs: [WatchedInput]
  /// Pictures as they were told of.
  private var told: [FilePath: FileStamp] = [:]
  /// Pictures as they were seen the last time, where that is something new.
  private var seen: [FilePath: FileStamp] = [:]
  private var lost = LostFolders()

  init(_ inputs: [WatchedInput]) {
    self.inputs = inputs
    forEachPicture { told[$0] = $2 }
  }

  mutating func `defer`(_ path: FilePath) { told[path] = nil }

  mutating func next() throws(CommandFailure) -> [WatchedChange] {
    for _ in 0..<10 where !StopRequest.isPending { usleep(100_000) }
    var changes: [WatchedChange] = []
    var now: [FilePath: FileStamp] = [:]
    let (told, seen) = (self.told, self.seen)
    var news: [(FilePath, FileStamp)] = []
    forEachPicture { path, change, stamp in
      if told[path] == stamp { return }
      if seen[path] == stamp {
        changes.append(change)
        news.append((path, stamp))
      } else {
        now[path] = stamp
      }
    }
    for (path, stamp) in news { self.told[path] = stamp }
    self.seen = now
    for (index, input) in inputs.enumerated() {
      input.identity == nil ? lost.lose(index) : lost.find(index)
    }
    return changes + (try lost.changes(inputs))
  }

  private func forEachPicture(_ body: (FilePath, WatchedChange, FileStamp) -> Void) {
    for input in inputs {
      let names =
        input.name.map { [FilePath(bytes: $0)] } ?? input.walk.findings(in: input.folder).pictures
      for name in names {
        let path = input.folder.appending(name.bytes)
        guard let change = input.change(name), let status = try? FileStatus(path) else { continue }
        body(path, change, FileStamp(status))
      }
    }
  }
}
