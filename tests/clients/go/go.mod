module cn.bianmin/foreign

go 1.24

require cn.bianmin/client v0.0.0

replace cn.bianmin/client => ./client
