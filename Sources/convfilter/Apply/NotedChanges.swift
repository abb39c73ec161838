#if canImport(Glibc)
  import CLinux
  import Glibc
  import Raster

  /// Changes as the kernel tells them (inotify): a picture is whole when whoever has written it closes
  /// it, or when it is moved or linked to its name.
  struct NotedChanges: PictureChanges {
    /// A folder that is watched.
    private struct Watch {
      let input: Int
      /// Its name below that of the input.
      let relative: FilePath
    }

    private let inputs: [WatchedInput]
    private let descriptor: OpenFile.Shared
    private var watches: [Int32: Watch] = [:]
    /// Pictures that may still be written.
    private var pending: [FilePath: WatchedChange] = [:]
    private static let mask = UInt32(
      IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MOVED_FROM | IN_ONLYDIR)

    /// Nil where the kernel takes no more watches: then it must be looked for changes.
    init?(_ inputs: [WatchedInput]) throws(CommandFailure) {
      let file = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
      if file < 0 { return nil }
      // Leases, by which it is found out who writes, tell by it.
      signal(SIGIO, SIG_IGN)
      descriptor = OpenFile.Shared(descriptor: file)
      self.inputs = inputs
      for (index, input) in inputs.enumerated() {
        do {
          try watch(FilePath(""), of: index)
        } catch {
          if error.isLimit { return nil }
          throw CommandFailure("cannot be watched: \(error)", at: "\(input.folder)")
        }
      }
    }

    mutating func `defer`(_ path: FilePath) {
      for input in inputs {
        let prefix = input.folder.appending("").bytes
        guard path.bytes.starts(with: prefix) || input.folder == FilePath(".") else { continue }
        let isBelow = path.bytes.starts(with: prefix)
        let relative = FilePath(bytes: Array(path.bytes.dropFirst(isBelow ? prefix.count : 0)))
        if let change = input.change(relative) { pending[path] = change }
      }
    }

    mutating func next() throws(CommandFailure) -> [WatchedChange] {
      if watches.isEmpty {
        throw CommandFailure("is gone", at: "\(inputs[0].folder)")
      }
      var poll = pollfd(fd: descriptor.descriptor, events: Int16(POLLIN), revents: 0)
      var changes: [WatchedChange] = []
      if Glibc.poll(&poll, 1, 250) > 0 {
        // Several pictures that come at once are work for several threads.
        usleep(20_000)
        changes = read()
      }
      for (path, change) in pending where !WatchedInput.isBeingWritten(path) {
        pending[path] = nil
        if !changes.contains(change) { changes.append(change) }
      }
      return changes
    }

    private mutating func read() -> [WatchedChange] {
      var changes: [WatchedChange] = []
      let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
      defer { block.deallocate() }
      while true {
        let count = Glibc.read(descriptor.descriptor, block.baseAddress!, block.count)
        if count <= 0 { return changes }
        var offset = 0
        while offset < count {
          // Safety: the kernel lays whole events into the block: a head, and a name padded by zeros.
          let event = block.load(fromByteOffset: offset, as: inotify_event.self)
          let start = offset + MemoryLayout<inotify_event>.size
          let name = Array(block[start..<start + Int(event.len)].prefix { $0 != 0 })
          offset = start + Int(event.len)
          if let change = change(event, name), !changes.contains(change) { changes.append(change) }
        }
      }
    }

    private mutating func change(_ event: inotify_event, _ name: [UInt8]) -> WatchedChange? {
      if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { return .unknown }
      if event.mask & UInt32(IN_IGNORED) != 0 { watches[event.wd] = nil }
      guard let watch = watches[event.wd], !name.isEmpty else { return nil }
      let relative = watch.relative.appending(name)
      let path = inputs[watch.input].folder.appending(relative.bytes)
      if event.mask & UInt32(IN_ISDIR) != 0 {
        if event.mask & UInt32(IN_MOVED_FROM) != 0 {
          forget(relative, of: watch.input)
        } else if event.mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0 {
          return enter(relative, of: watch.input)
        }
        return nil
      }
      guard let change = inputs[watch.input].change(relative) else { return nil }
      if event.mask & UInt32(IN_CREATE) != 0 {
        // Somebody may be about to write it; a link is whole.
        pending[path] = change
        return nil
      }
      pending[path] = nil
      return event.mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0 ? change : nil
    }

    /// A folder has come up, and what is in it has as well.
    private mutating func enter(_ relative: FilePath, of index: Int) -> WatchedChange? {
      let input = inputs[index]
      guard input.walk.recursive, input.name == nil,
        relative.lastComponent.first != UInt8(ascii: "."),
        input.walk.filter?.refusal(ofFolder: relative.bytes) == nil
      else { return nil }
      let path = input.folder.appending(relative.bytes)
      if input.walk.excluded != nil,
        (try? FileStatus(path))?.identity == input.walk.excluded
      {
        return nil
      }
      // A folder that has gone again needs no watch; where there are too many, all are looked at.
      do {
        try watch(relative, of: index)
      } catch {
        return error.isLimit ? .unknown : nil
      }
      for whole in input.walk.findings(in: path, prefix: relative).pictures {
        if let change = input.change(whole) {
          pending[input.folder.appending(whole.bytes)] = change
        }
      }
      return nil
    }

    /// Watches a folder and, where that is wanted, the folders in it.
    private mutating func watch(_ relative: FilePath, of index: Int) throws(WatchError) {
      let input = inputs[index]
      let path = relative.bytes.isEmpty ? input.folder : input.folder.appending(relative.bytes)
      let number = path.withCString { inotify_add_watch(descriptor.descriptor, $0, Self.mask) }
      if number < 0 { throw WatchError(reason: errno) }
      watches[number] = Watch(input: index, relative: relative)
      guard input.name == nil, input.walk.recursive else { return }
      for below in input.walk.findings(in: path, prefix: relative).folders {
        let path = input.folder.appending(below.bytes)
        let number = path.withCString { inotify_add_watch(descriptor.descriptor, $0, Self.mask) }
        if number >= 0 {
          watches[number] = Watch(input: index, relative: below)
        } else if errno != ENOENT && errno != ENOTDIR {
          throw WatchError(reason: errno)
        }
      }
    }

    /// A folder has been moved away: what happens there is no longer of interest.
    private mutating func forget(_ relative: FilePath, of index: Int) {
      let prefix = relative.appending("").bytes
      for (number, watch) in watches
      where watch.input == index
        && (watch.relative == relative || watch.relative.bytes.starts(with: prefix))
      {
        inotify_rm_watch(descriptor.descriptor, number)
        watches[number] = nil
      }
    }
  }

  /// Why a folder cannot be watched.
  private struct WatchError: Error, CustomStringConvertible {
    let reason: Int32
    /// Whether the system takes no more.
    var isLimit: Bool { reason == ENOSPC || reason == ENOMEM }
    var description: String { "\(FileError.unreadable(reason: reason))" }
  }

  extension OpenFile {
    /// A descriptor that several values hold.
    final class Shared {
      let descriptor: Int32
      init(descriptor: Int32) { self.descriptor = descriptor }
      deinit { close(descriptor) }
    }
  }
#endif
