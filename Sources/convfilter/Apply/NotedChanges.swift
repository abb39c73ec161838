#if canImport(Glibc)
  import CLinux
  import Glibc
  import Raster

  /// Changes as the kernel tells them (inotify): a picture is whole when whoever has written it closes
  /// it, or when it is moved or linked to its name.
  struct NotedChanges: PictureChanges {
    /// A folder that is watched, as a part of one input.
    struct Watch: Hashable {
      let input: Int
      /// Its name below that of the input.
      let relative: FilePath
    }

    let inputs: [WatchedInput]
    let descriptor: OpenFile.Shared
    /// Several inputs may lie in the same folder, or one in another.
    var watches: [Int32: Set<Watch>] = [:]
    /// Pictures that may still be written.
    var pending: [FilePath: WatchedChange] = [:]
    /// The folders of the inputs as they were when the watch on them began, nil where they are gone.
    var roots: [FileStatus.Identity?]
    var lost = LostFolders()
    /// Looks for changes, once the kernel has taken no more watches.
    private var polled: PolledChanges?

    /// Nil where the kernel takes no more watches: then it must be looked for changes.
    init?(_ inputs: [WatchedInput]) throws(CommandFailure) {
      let file = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
      if file < 0 { return nil }
      // Leases, by which it is found out who writes, tell by it.
      signal(SIGIO, SIG_IGN)
      descriptor = OpenFile.Shared(descriptor: file)
      self.inputs = inputs
      roots = inputs.map { _ in nil }
      for (index, input) in inputs.enumerated() {
        do {
          try watchRoot(of: index)
        } catch {
          if error.isLimit { return nil }
          throw CommandFailure("cannot be watched: \(error)", at: "\(input.folder)")
        }
      }
    }

    mutating func `defer`(_ path: FilePath) {
      polled?.defer(path)
      for input in inputs {
        let prefix = input.folder.appending("").bytes
        guard path.bytes.starts(with: prefix) || input.folder == FilePath(".") else { continue }
        let isBelow = path.bytes.starts(with: prefix)
        let relative = FilePath(bytes: Array(path.bytes.dropFirst(isBelow ? prefix.count : 0)))
        if let change = input.change(relative) { pending[path] = change }
      }
    }

    mutating func next() throws(CommandFailure) -> [WatchedChange] {
      if polled != nil { return try polled!.next() }
      var poll = pollfd(fd: descriptor.descriptor, events: Int16(POLLIN), revents: 0)
      var changes: Set<WatchedChange> = []
      do {
        if Glibc.poll(&poll, 1, 250) > 0 {
          // Several pictures that come at once are work for several threads.
          usleep(20_000)
          try read(&changes)
        }
        try followRoots()
      } catch {
        // What comes up from here on is looked for, and what was there is looked at once more.
        polled = PolledChanges(inputs)
        changes = [.unknown]
      }
      // All that is there will be looked at.
      if changes.contains(.unknown) {
        pending = [:]
        return [.unknown]
      }
      for (path, change) in pending where !WatchedInput.isBeingWritten(path) {
        pending[path] = nil
        changes.insert(change)
      }
      return Array(changes) + (try lost.changes(inputs))
    }

    /// What has happened so far, but no more at a time than can be kept.
    private mutating func read(_ changes: inout Set<WatchedChange>) throws(WatchError) {
      let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
      defer { block.deallocate() }
      for _ in 0..<256 where !StopRequest.isPending {
        let count = Glibc.read(descriptor.descriptor, block.baseAddress!, block.count)
        if count <= 0 { return }
        var offset = 0
        while offset < count {
          // Safety: the kernel lays whole events into the block: a head, and a name padded by zeros.
          let event = block.load(fromByteOffset: offset, as: inotify_event.self)
          let start = offset + MemoryLayout<inotify_event>.size
          let name = Array(block[start..<start + Int(event.len)].prefix { $0 != 0 })
          offset = start + Int(event.len)
          if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
            // Folders may have come up as well.
            for index in inputs.indices where roots[index] != nil { try watchRoot(of: index) }
            changes.insert(.unknown)
          }
          for watch in watches[event.wd] ?? [] {
            if let change = try change(event, name, in: watch) { changes.insert(change) }
          }
          if event.mask & UInt32(IN_IGNORED) != 0 { watches[event.wd] = nil }
        }
      }
    }

    private mutating func change(
      _ event: inotify_event, _ name: [UInt8], in watch: Watch
    ) throws(WatchError) -> WatchedChange? {
      if name.isEmpty {
        // The number of a folder that is gone may be the next one's.
        if event.mask & UInt32(IN_IGNORED) != 0, watch.relative.bytes.isEmpty {
          roots[watch.input] = nil
        }
        return nil
      }
      let relative = watch.relative.appending(name)
      let path = inputs[watch.input].folder.appending(relative.bytes)
      if event.mask & UInt32(IN_ISDIR) != 0 {
        if event.mask & UInt32(IN_MOVED_FROM) != 0 {
          forget(relative, of: watch.input)
        } else if event.mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0 {
          try enter(relative, of: watch.input)
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
  }

  /// Why a folder cannot be watched.
  struct WatchError: Error, CustomStringConvertible {
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
