import CMessagePassing
import Raster

extension MPILink {
  func window(bytes: Int) -> RankWindow? {
    var mine = shared_window()
    let own = shared_window_make(bytes, &mine)
    var all = [shared_window](repeating: shared_window(), count: count)
    all[rank] = mine
    all.withUnsafeMutableBufferPointer { exchange($0, parts: (0..<count).map { $0..<$0 + 1 }) }
    let places = (0..<count).map { other in
      other == rank ? own.map { UnsafeRawPointer($0) } : shared_window_open(&all[other])
    }
    let found = agree(!places.contains(nil))
    shared_window_told(&mine)
    let windows = all
    let close = {
      for (place, window) in zip(places, windows) {
        if let place { withUnsafePointer(to: window) { shared_window_close(place, $0) } }
      }
    }
    guard found, let own else {
      close()
      return nil
    }
    return RankWindow(own: own, places: places.compactMap { $0 }, close: close)
  }
}
