import Libc

/// What must be true of the standard streams before a file is opened.
enum StandardStreams {
  /// Fills closed ones, so that no file gets their number and messages are never written into
  /// pictures; and turns signals about writing into errors, which name the file.
  static func prepare() {
    for stream: Int32 in 0...2 where fcntl(stream, F_GETFD) == -1 {
      // Open in the wrong direction: what is read or written there fails as it should.
      if open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY) < 0 {
        _ = open("/", O_RDONLY | O_DIRECTORY)
      }
    }
    // A file that grows beyond `ulimit -f`, and a pipe that nobody reads any more.
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
  }
}
