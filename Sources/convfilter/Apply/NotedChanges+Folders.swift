#if canImport(Glibc)
  import CLinux
  import Glibc
  import Raster

  extension NotedChanges {
    private static let mask = UInt32(
      IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MOVED_FROM | IN_ONLYDIR)

    /// Watches the folder of an input and, where that is wanted, the folders in it. What is watched
    /// already stays so.
    ///
    /// - Returns: the pictures in it, by their names below it.
    /// - Throws: where the folder cannot be watched, or the system takes no more.
    @discardableResult
    mutating func watchRoot(of index: Int) throws(WatchError) -> [FilePath] {
      // Should it be replaced from here on, the next look finds another one.
      let identity = inputs[index].identity
      let pictures = try watch(FilePath(""), of: index)
      roots[index] = identity
      return pictures
    }

    /// Looks whether the names of the inputs lead to the folders that are watched: these may have been
    /// moved away, links may lead elsewhere.
    mutating func followRoots() throws(WatchError) {
      for (index, input) in inputs.enumerated() {
        let identity = input.identity
        if let identity, identity == roots[index] { continue }
        if roots[index] != nil { forget(FilePath(""), of: index) }
        roots[index] = nil
        lost.lose(index)
        if identity == nil { continue }
        do {
          hold(try watchRoot(of: index), of: index)
          lost.find(index)
        } catch {
          if error.isLimit { throw error }
        }
      }
    }

    /// A folder has come up, and what is in it has as well.
    mutating func enter(_ relative: FilePath, of index: Int) throws(WatchError) {
      let input = inputs[index]
      guard input.walk.recursive, input.name == nil,
        relative.lastComponent.first != UInt8(ascii: "."),
        input.walk.filter?.refusal(ofFolder: relative.bytes) == nil
      else { return }
      let path = input.folder.appending(relative.bytes)
      if input.walk.excluded != nil,
        (try? FileStatus(path))?.identity == input.walk.excluded
      {
        return
      }
      do {
        hold(try watch(relative, of: index), of: index)
      } catch {
        // A folder that has gone again needs no watch.
        if error.isLimit { throw error }
      }
    }

    /// Pictures that were found: they may still be written.
    private mutating func hold(_ pictures: [FilePath], of index: Int) {
      let input = inputs[index]
      for relative in pictures {
        if let change = input.change(relative) {
          pending[input.folder.appending(relative.bytes)] = change
        }
      }
    }

    /// Watches a folder and, where that is wanted, the folders in it.
    ///
    /// - Returns: the pictures in them, by their names below the input.
    private mutating func watch(
      _ relative: FilePath, of index: Int
    ) throws(WatchError) -> [FilePath] {
      let input = inputs[index]
      let path = relative.bytes.isEmpty ? input.folder : input.folder.appending(relative.bytes)
      if let name = input.name {
        if let failure = add(relative, of: index) { throw failure }
        return [FilePath(bytes: name)]
      }
      var failure: WatchError?
      // Each is watched before it is looked into: whatever comes up in it is either told or found.
      let findings = input.walk.findings(in: path, prefix: relative) { folder in
        let reason = add(folder, of: index)
        // One that cannot be read, or is gone again, does not keep the others from being watched.
        if let reason, folder == relative || reason.isLimit { failure = failure ?? reason }
      }
      if let failure { throw failure }
      return findings.pictures
    }

    private mutating func add(_ relative: FilePath, of index: Int) -> WatchError? {
      let folder = inputs[index].folder
      let path = relative.bytes.isEmpty ? folder : folder.appending(relative.bytes)
      let number = path.withCString { inotify_add_watch(descriptor.descriptor, $0, Self.mask) }
      if number < 0 { return WatchError(reason: errno) }
      // A folder that was moved has a new name.
      watches[number] = watches[number, default: []].filter { $0.input != index }
      watches[number]!.insert(Watch(input: index, relative: relative))
      return nil
    }

    /// Whether a folder that is watched is another one or lies in it.
    private func isWithin(_ watch: Watch, _ folder: FilePath) -> Bool {
      folder.bytes.isEmpty || watch.relative == folder
        || watch.relative.bytes.starts(with: folder.appending("").bytes)
    }

    /// A folder has been moved away: what happens there is no longer of interest.
    mutating func forget(_ relative: FilePath, of index: Int) {
      for (number, all) in watches {
        let rest = all.filter { $0.input != index || !isWithin($0, relative) }
        if rest.count == all.count { continue }
        watches[number] = rest.isEmpty ? nil : rest
        if rest.isEmpty { inotify_rm_watch(descriptor.descriptor, number) }
      }
    }
  }
#endif
